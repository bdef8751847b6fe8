"""Tokens of an OpenID Connect issuer: who brings one, and until when."""

import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from graph.jwks import PublishedKey, PublishedKeys
from graph.settings import OidcSettings
from jobs.errors import Unauthenticated

log = logging.getLogger(__name__)

MAX_TOKEN_CHARACTERS = 16_384  # issuers stay below 8 kB, which proxies take as a header
MAX_NAME_CHARACTERS = 200
MAX_SUBJECT_CHARACTERS = 255  # of OpenID Connect
MAX_KNOWN = 4_096  # tokens that are known to be good; some 1 kB each
MAX_TRIED = 8  # keys tried on one token that names none
LATEST = 4_102_444_800.0  # 2100: an end behind it is a mistake, or an attack on calendars
TYPES = frozenset(
    {"", "jwt", "at+jwt", "application/at+jwt"}
)  # of a token's header; others are no access tokens
WORD_LISTS = frozenset({"scope", "scp"})  # claims that hold several words in one text

UNSTEADY = frozenset({"email", "name", "nickname", "preferred_username", "unique_name", "upn"})
"""Claims that people can change, or that are given to somebody else after them."""

ASK_ANEW = "Get a new access token from the issuer, and send it as `Authorization: Bearer …`."
WHICH = "Send an access token of HEADWATER_OIDC_ISSUER that is made for one of HEADWATER_OIDC_AUDIENCES."


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody whom the issuer vouches for. Who they are is issuer and subject; names may pass to others."""

    subject: str
    name: str
    issuer: str
    expires_at: datetime  # until when the token is accepted: its end, and the allowed skew
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Presented:
    """A token taken apart, and nothing of it believed yet."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes


class Issuer:
    """The issuer whose tokens are taken. One for a process: it remembers keys, and tokens that were good."""

    def __init__(
        self,
        settings: OidcSettings,
        *,
        clock: Callable[[], float] = time.monotonic,
        calendar: Callable[[], float] = time.time,
    ) -> None:
        self._settings, self._calendar = settings, calendar
        self._keys = PublishedKeys(settings, clock)
        self._known: OrderedDict[bytes, tuple[Identity, PublishedKey]] = OrderedDict()

    async def verify(self, token: str) -> Identity:
        """Who brings this token.

        Raises:
            Unauthenticated: It is not one that the issuer made for us and for now; the message says why.
            IssuerAway: Nobody can tell, because the issuer's keys are needed and cannot be fetched.
        """
        if len(token) > MAX_TOKEN_CHARACTERS or not token.isascii():
            raise Unauthenticated("The token is no JWT, or is larger than any should be.", hint=WHICH)
        digest = hashlib.sha256(token.encode()).digest()
        known = self._known.get(digest)
        if known is not None:
            identity, key = known
            if key in await self._keys.current() and self._calendar() < identity.expires_at.timestamp():
                self._known.move_to_end(digest, last=True)
                return identity
            self._known.pop(digest, None)
        presented = take_apart(token, self._settings)
        key = await self._signer(presented)
        identity = read_claims(presented.claims, self._settings, self._calendar())
        self._known[digest] = (identity, key)
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
        return identity

    async def close(self) -> None:
        """End what is under way."""
        await self._keys.close()

    async def _signer(self, presented: Presented) -> PublishedKey:
        """The issuer's key that signed this. If it is none that we know, the issuer may have a new one."""
        kid = presented.header.get("kid")
        keys = await self._keys.current()
        signer = find_signer(presented, keys)
        if signer is None and (kid is None or all(key.kid != kid for key in keys)):
            keys = await self._keys.renewed()
            signer = find_signer(presented, keys)
        if signer is None:
            named = any(key.kid == kid for key in keys)
            problem = (
                "Its signature does not fit" if named or kid is None else "It is signed with an unknown key"
            )
            raise Unauthenticated(f"The token is not the issuer's. {problem}.", hint=WHICH)
        return signer


def open_issuer(settings: OidcSettings) -> Issuer | None:
    """The issuer of the settings; None if none is set. Nothing is fetched before there is a token."""
    if settings.issuer is None:
        return None
    if unsteady := [claim for claim in settings.name_claims if claim.rpartition(".")[2] in UNSTEADY]:
        log.warning("names may pass to others", extra={"claims": unsteady})
    return Issuer(settings)


def take_apart(token: str, settings: OidcSettings) -> Presented:
    """What a token says, if it is worth looking for the key that signed it.

    Raises:
        Unauthenticated: It is no JWT, says that it is not the issuer's, or is signed in no allowed way.
    """
    from joserfc.errors import JoseError  # noqa: PLC0415 - 0.2 s, which a start need not wait for
    from joserfc.jws import JWSRegistry, extract_compact  # noqa: PLC0415 - see above
    from joserfc.util import urlsafe_b64decode  # noqa: PLC0415 - see above

    registry = JWSRegistry()
    registry.max_header_length = registry.max_payload_length = MAX_TOKEN_CHARACTERS
    try:
        taken = extract_compact(token.encode(), None, registry)
        header = taken.headers()
        check_header(header, settings)
        claims = orjson.loads(taken.payload or b"")
        signed, _, signature = token.encode().rpartition(b".")
        presented = Presented(header, claims, signed, urlsafe_b64decode(signature))
    except (JoseError, TypeError, ValueError, RecursionError) as error:  # nested so deep that json gives up
        raise Unauthenticated("The token is no JWT.", hint=WHICH) from error
    if not isinstance(claims, dict):
        raise Unauthenticated("The token is no JWT.", hint=WHICH)
    if claims.get("iss") != settings.issuer:
        raise Unauthenticated("The token is from another issuer.", hint=WHICH)
    return presented


def check_header(header: Mapping[str, Any], settings: OidcSettings) -> None:
    """Refuse what is not an access token signed in an allowed way.

    Where a header says that its key is (`jku`, `jwk`, `x5u`, `x5c`) is not looked at: whoever forges a
    token would say so too.
    """
    kid, kind, algorithm = header.get("kid"), header.get("typ", ""), header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in settings.algorithms:
        raise Unauthenticated("The token is not signed by an allowed algorithm.", hint=WHICH)
    if "crit" in header or "b64" in header:
        raise Unauthenticated("The token wants to be understood in a way that is unknown here.", hint=WHICH)
    if not isinstance(kid, str | None) or not isinstance(kind, str) or kind.lower() not in TYPES:
        raise Unauthenticated("The token is no access token.", hint=WHICH)


def find_signer(presented: Presented, keys: Sequence[PublishedKey]) -> PublishedKey | None:
    """The one of these keys that signed it."""
    from joserfc.errors import JoseError  # noqa: PLC0415 - see above
    from joserfc.jws import JWSRegistry  # noqa: PLC0415 - see above

    # The model, not joserfc.jws.deserialize_compact, which warns of EdDSA each time it is used.
    algorithm = JWSRegistry.algorithms[presented.header["alg"]]
    kid = presented.header.get("kid")
    tried = 0
    for key in keys:
        if kid is not None and key.kid != kid:
            continue
        try:
            algorithm.check_key(key.material)
            tried += 1
            if algorithm.verify(presented.signed, presented.signature, key.material):
                return key
        except (JoseError, ValueError):  # a key for something else
            continue
        if tried == MAX_TRIED:
            break
    return None


def read_claims(claims: Mapping[str, Any], settings: OidcSettings, now: float) -> Identity:
    """Who the issuer says that it is, if it says so to us and for now.

    Raises:
        Unauthenticated: It does not.
    """
    end = moment(claims, "exp")
    if end is None:
        raise Unauthenticated("The token has no end: the claim exp is missing.", hint=ASK_ANEW)
    if now >= end + settings.skew_seconds:
        raise Unauthenticated("The token has expired.", hint=ASK_ANEW)
    start = moment(claims, "nbf")
    if start is not None and now < start - settings.skew_seconds:
        raise Unauthenticated("The token is not valid yet.", hint=ASK_ANEW)
    if not set(texts(claims.get(settings.audience_claim))) & set(settings.audiences):
        raise Unauthenticated("The token is for another audience.", hint=WHICH)
    check_purpose(claims)
    return Identity(
        subject=readable(claims.get("sub"), "sub", MAX_SUBJECT_CHARACTERS),
        name=name_of(claims, settings.name_claims),
        issuer=str(claims["iss"]),
        expires_at=datetime.fromtimestamp(end + settings.skew_seconds, UTC),
        groups=tuple(dict.fromkeys(groups_of(claims, settings.group_claims))),
    )


def check_purpose(claims: Mapping[str, Any]) -> None:
    """Refuse tokens that say of themselves that they are for something else than asking."""
    if claims.get("token_use", "access") != "access" or str(claims.get("typ", "Bearer")).lower() != "bearer":
        raise Unauthenticated(
            "The token is no access token.", hint="Send the access token, not the ID token or another one."
        )
    if "cnf" in claims:
        raise Unauthenticated(
            "The token is bound to a key of its client, which is not checked here.", hint=WHICH
        )


def moment(claims: Mapping[str, Any], name: str) -> float | None:
    """A time of a token in seconds since 1970; None if it has none."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LATEST:
        raise Unauthenticated(f"The token's claim {name} is no time.", hint=ASK_ANEW)
    return float(value)


def name_of(claims: Mapping[str, Any], paths: Sequence[str]) -> str:
    """What somebody is called: by the first of these claims that is there."""
    for path in paths:
        value = find_claim(claims, path)
        if value is not None:
            return readable(value, path, MAX_NAME_CHARACTERS)
    raise Unauthenticated(f"The token names nobody: it has none of {', '.join(paths)}.", hint=WHICH)


def readable(value: object, name: str, most: int) -> str:
    """A text that may be shown and compared."""
    # White space around it would make somebody look like somebody else.
    if (
        not isinstance(value, str)
        or not 1 <= len(value) <= most
        or not value.isprintable()
        or value != value.strip()
    ):
        raise Unauthenticated(f"The token's claim {name} is missing, or names nobody.", hint=WHICH)
    return value


def groups_of(claims: Mapping[str, Any], paths: Sequence[str]) -> Iterator[str]:
    for path in paths:
        value = find_claim(claims, path)
        yield from value.split() if path in WORD_LISTS and isinstance(value, str) else texts(value)


def texts(value: object) -> list[str]:
    """The texts in a claim, which may be one or a list of them."""
    listed = value if isinstance(value, list) else [value]
    return [each for each in listed if isinstance(each, str) and each]


def find_claim(claims: Mapping[str, Any], path: str) -> Any:
    """The claim of this name, or, where dots are in it, what they lead to. Names may have dots themselves."""
    if path in claims:
        return claims[path]
    for end, letter in enumerate(path):
        inner = claims.get(path[:end]) if letter == "." else None
        if isinstance(inner, dict):
            found = find_claim(inner, path[end + 1 :])
            if found is not None:
                return found
    return None
