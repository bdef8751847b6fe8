"""The keys of an issuer of tokens: asked for when needed, kept for minutes, and from one place only."""

import asyncio
import logging
import math
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from graph.settings import OidcSettings, is_on_loopback, is_trustworthy
from jobs.errors import IssuerAway

if TYPE_CHECKING:
    import httpx

SOON_SECONDS = 240.0  # age of keys from which they are asked for again while everybody goes on with them
END_SECONDS = 300.0  # age from which nobody goes on before the issuer was asked
LAST_SECONDS = 3_600.0  # age at which they end even if the issuer cannot be asked
APART_SECONDS = 30.0  # between two questions, whatever tokens name: forged ones must not make us ask for each
AWAY_SECONDS = 5.0  # between two questions while there are no keys at all
FETCH_SECONDS = 5.0
MAX_BYTES = 1_000_000  # of an answer; keys of large issuers have some 20,000
MAX_KEYS = 100
RSA_BITS = range(2_048, 8_193)  # less is not safe, and more is slow to check
DISCOVERY = "/.well-known/openid-configuration"
MEMBERS = {
    "RSA": frozenset({"kty", "kid", "use", "alg", "key_ops", "n", "e"}),
    "EC": frozenset({"kty", "kid", "use", "alg", "key_ops", "crv", "x", "y"}),
    "OKP": frozenset({"kty", "kid", "use", "alg", "key_ops", "crv", "x"}),
}
"""Public members of keys that come in pairs. Others are left out: a secret that somebody published is none."""
WHAT_TO_CHECK = "Try again in some seconds. The service's log says why it cannot reach HEADWATER_OIDC_ISSUER."

log = logging.getLogger(__name__)


class BadAnswer(Exception):
    """The issuer did not answer, or not with keys; the message is for the log."""


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A public key of the issuer; the same one, fetched twice, is equal."""

    text: bytes
    kid: str | None = field(compare=False)
    material: Any = field(compare=False, repr=False)


class PublishedKeys:
    """What the issuer publishes, as far as we know."""

    def __init__(self, settings: OidcSettings, clock: Callable[[], float]) -> None:
        self._settings, self._clock = settings, clock
        self._keys: tuple[PublishedKey, ...] = ()
        self._fetched_at = self._tried_at = -math.inf
        self._failed = False  # the last time that the issuer was asked
        self._question: asyncio.Task[None] | None = None
        self._tls: ssl.SSLContext | None = None

    async def current(self) -> tuple[PublishedKey, ...]:
        """The keys that count now.

        Raises:
            IssuerAway: The issuer cannot be asked, and no keys of it are known, or they are too old.
        """
        age = self._age()
        if age >= SOON_SECONDS:
            question = self._ask(AWAY_SECONDS if age >= LAST_SECONDS else APART_SECONDS)
            must_wait = age >= LAST_SECONDS or (age >= END_SECONDS and not self._failed)
            if question is not None and must_wait:
                await asyncio.shield(question)
        if self._age() >= LAST_SECONDS:
            raise IssuerAway(hint=WHAT_TO_CHECK)
        return self._keys

    async def renewed(self) -> tuple[PublishedKey, ...]:
        """The keys after somebody named one that is not among them.

        Raises:
            IssuerAway: It could not be asked, so nobody knows whether it is a new one.
        """
        question = self._ask(APART_SECONDS)
        if question is not None:
            await asyncio.shield(question)
        if self._failed:
            raise IssuerAway(hint=WHAT_TO_CHECK)
        return self._keys

    async def close(self) -> None:
        """Stop asking."""
        if self._question is not None:
            self._question.cancel()
            await asyncio.wait([self._question])

    def _age(self) -> float:
        return self._clock() - self._fetched_at

    def _ask(self, apart: float) -> "asyncio.Task[None] | None":
        """The question under way, for all who wait for its answer; a new one if the last is long enough ago."""
        if self._question is None or self._question.done():
            if self._clock() - self._tried_at < apart:
                return None
            self._tried_at = self._clock()
            self._question = asyncio.create_task(self._fetch())
        return self._question

    async def _fetch(self) -> None:
        asked_at = self._clock()
        if self._tls is None:
            self._tls = await asyncio.to_thread(ready)
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                keys = await fetch_keys(self._settings, self._tls)
        except (BadAnswer, TimeoutError) as error:
            self._failed = True
            problem = str(error) or f"no answer within {FETCH_SECONDS:g} s"
            log.warning("keys of issuer not fetched", extra={"problem": problem, "kept": len(self._keys)})
        else:
            self._keys, self._fetched_at, self._failed = keys, asked_at, False
            log.info("keys of issuer fetched", extra={"kids": [key.kid for key in keys]})


def ready() -> ssl.SSLContext:
    """All that takes long the first time: imports, and 50 ms of certificates. Not for the event loop."""
    import httpx  # noqa: PLC0415 - not needed where no issuer is set
    import joserfc.jwt  # noqa: F401, PLC0415 - see above

    return httpx.create_ssl_context()


async def fetch_keys(settings: OidcSettings, tls: ssl.SSLContext) -> tuple[PublishedKey, ...]:
    """Ask the issuer for its keys.

    Raises:
        BadAnswer: It does not answer, or not with keys.
    """
    import httpx  # noqa: PLC0415 - see `ready`

    issuer = settings.issuer or ""
    # Proxies of the environment lead out of this machine, never to it.
    trusts = not is_on_loopback(settings.jwks_url or issuer)
    async with httpx.AsyncClient(
        verify=tls, trust_env=trusts, follow_redirects=False, timeout=FETCH_SECONDS
    ) as client:
        address = settings.jwks_url or await find_address(client, issuer)
        answer = await get_json(client, address)
    listed = answer.get("keys") if isinstance(answer, dict) else None
    if not isinstance(listed, list) or len(listed) > MAX_KEYS:
        raise BadAnswer(f"{address} answers no list of at most {MAX_KEYS} keys")
    keys = tuple(read_keys(listed))
    if not keys:
        raise BadAnswer(f"{address} lists no key that checks signatures")
    return keys


async def find_address(client: "httpx.AsyncClient", issuer: str) -> str:
    """Where the issuer says that its keys are."""
    page = issuer.rstrip("/") + DISCOVERY
    answer = await get_json(client, page)
    if not isinstance(answer, dict) or answer.get("issuer") != issuer:
        raise BadAnswer(f"{page} is not of the issuer {issuer}; the two are compared letter by letter")
    address = answer.get("jwks_uri")
    if not isinstance(address, str) or not is_trustworthy(address):
        raise BadAnswer(f"{page} names no https:// address of keys")
    if is_on_loopback(address) and not is_on_loopback(issuer):
        raise BadAnswer(f"{page} names an address of this machine")
    return address


async def get_json(client: "httpx.AsyncClient", address: str) -> Any:
    """What an address answers, if it is JSON and not too much of it."""
    import httpx  # noqa: PLC0415 - see `ready`

    # Not compressed: what is counted is what arrives.
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    body = bytearray()
    try:
        async with client.stream("GET", address, headers=headers) as response:
            if response.status_code != httpx.codes.OK:
                raise BadAnswer(f"{address} answers {response.status_code}")
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise BadAnswer(f"{address} answers more than {MAX_BYTES:,} bytes")
        return orjson.loads(body)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise BadAnswer(f"{address}: {type(error).__name__} {error}") from error
    except orjson.JSONDecodeError as error:
        raise BadAnswer(f"{address} answers no JSON") from error


def read_keys(listed: list[Any]) -> Iterator[PublishedKey]:
    """Those of the listed keys that can check signatures; one that cannot be read does not spoil the others."""
    from joserfc.errors import JoseError  # noqa: PLC0415 - see `ready`
    from joserfc.jwk import JWKRegistry  # noqa: PLC0415 - see `ready`

    for each in listed:
        members = MEMBERS.get(str(each.get("kty"))) if isinstance(each, dict) else None
        if members is None:
            continue
        public = {name: value for name, value in each.items() if name in members}
        try:
            if is_for_signatures(public):
                kid = public.get("kid")
                material = JWKRegistry.import_key(public)
                yield PublishedKey(orjson.dumps(public, option=orjson.OPT_SORT_KEYS), kid, material)
        except (JoseError, KeyError, TypeError, ValueError) as error:
            log.warning("key of issuer not read", extra={"problem": f"{type(error).__name__}: {error}"})


def is_for_signatures(public: Mapping[str, Any]) -> bool:
    """Whether a key is for signatures, and of a safe size; its members may still be wrong in other ways."""
    from joserfc.util import base64_to_int  # noqa: PLC0415 - see `ready`

    if public.get("use", "sig") != "sig" or "verify" not in public.get("key_ops", ["verify"]):
        return False
    return public["kty"] != "RSA" or base64_to_int(public["n"]).bit_length() in RSA_BITS
