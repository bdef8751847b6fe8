"""Who signs in, with what, and what they may do: looked up once a second at most."""

import asyncio
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from starlette.requests import HTTPConnection

from db.access import ApiKey, key_by_pk, living_scopes, memberships, touch_key
from db.models import now
from db.roles import EVERYBODY, Role
from db.session import Session
from graph.auth import (
    ANYBODY,
    TOKEN_HOLDER,
    Principal,
    authenticate,
    bearer_of,
    is_api_token,
    is_name,
)
from graph.journal import DONE, Journal, Note, network_of
from graph.oidc import Identity, Issuer
from graph.rights import NOBODY, OPERATOR, Rights, rights_from
from graph.settings import Anonymous, ApiSettings
from jobs.errors import IssuerAway, Unauthenticated

KEY = re.compile(r"hw_([0-9a-f]{32})_([A-Za-z0-9_-]{43})")
ACTION = "signIn"  # in the audit log
SECRET_BYTES = 32
FRESH_SECONDS = 0.4  # what was looked up counts for so long: a revocation is felt within a second
TOUCH_SECONDS = 60.0  # how exact `lastUsedAt` is
MAX_KEPT = 10_000  # principals whose rights are kept
OTHER_CLAIM = "Take names from another claim: HEADWATER_OIDC_NAME_CLAIMS."
UNKNOWN_KEY = "The API key is not one of ours, was revoked, or has expired."


def new_secret() -> tuple[str, str]:
    """The secret of a new key, and its digest."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    return secret, digest_of(secret)


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def shown_key(pk: UUID, secret: str) -> str:
    """A key as a program brings it."""
    return f"hw_{pk.hex}_{secret}"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was looked up, and when."""

    at: float
    rights: Rights


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key, and what it permits."""

    key: ApiKey
    rights: Rights


class SignIn:
    """Tells who asks and what they may do. One a process; what it looked up counts for half a second."""

    def __init__(
        self, journal: Journal, settings: ApiSettings, *, anonymous: Anonymous, issuer: Issuer | None = None
    ) -> None:
        self._journal, self._store = journal, journal.store
        self._settings, self._anonymous, self._issuer = settings, anonymous, issuer
        self._rights: dict[Principal, Kept] = {}
        self._keys: dict[UUID, tuple[float, FoundKey | None]] = {}
        self._touched: dict[UUID, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """End what is under way."""
        for task in tuple(self._tasks):
            await task
        if self._issuer is not None:
            await self._issuer.close()

    def forget(self) -> None:
        """Look everything up anew: somebody's rights were changed here. Other processes see it soon."""
        self._rights.clear()
        self._keys.clear()

    async def enter(self, authorization: str | None, connection: HTTPConnection | None) -> Principal:
        """Who brings this Authorization header over this connection; it is noted, but not each time.

        Raises:
            Unauthenticated: Nobody who may ask.
            IssuerAway: Nobody can tell, for the issuer of tokens does not answer.
        """
        place = network_of(connection)
        try:
            principal = await self._recognise(authorization, connection)
        except (Unauthenticated, IssuerAway) as error:
            # Nothing is told of whom the token names: it may be forged.
            self._journal.tell(Note(ACTION, error.code, reason=str(error)), connection, (place, str(error)))
            raise
        if principal != ANYBODY:
            alike = (place, principal.name, digest_of(authorization or ""))
            self._journal.tell(Note(ACTION, DONE, principal.name), connection, alike)
        return principal

    async def _recognise(self, authorization: str | None, connection: HTTPConnection | None) -> Principal:
        token = bearer_of(authorization)
        found = KEY.fullmatch(token) if token is not None else None
        if found is not None:
            return await self._key_holder(UUID(hex=found[1]), found[2])
        if token is not None and self._issuer is not None and not is_api_token(self._settings, token):
            return vouched(await self._issuer.verify(token))
        try:
            principal = authenticate(self._settings, authorization, connection)
        except Unauthenticated:
            if authorization is not None or self._anonymous is Anonymous.NOBODY:
                raise
            return ANYBODY
        if principal == ANYBODY and self._anonymous is Anonymous.NOBODY:
            raise Unauthenticated("Nobody may ask without signing in.", hint="Send `Authorization: Bearer …`.")
        return principal

    async def _key_holder(self, pk: UUID, secret: str) -> Principal:
        found = await self._key(pk)
        key = found.key if found is not None else None
        expected = key.secret_digest if key is not None else digest_of("")  # an unknown key takes as long
        right = hmac.compare_digest(digest_of(secret), expected)
        if key is None or not right or not is_alive(key):
            raise Unauthenticated(UNKNOWN_KEY, hint="Ask an admin for a new one.")
        if time.monotonic() - self._touched.get(pk, -TOUCH_SECONDS) >= TOUCH_SECONDS:
            self._touched[pk] = time.monotonic()
            task = asyncio.create_task(self._store.write(partial(touch_key, pk=pk)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return Principal(f"key:{pk}", key=pk, expires_at=key.expires_at)

    async def _key(self, pk: UUID) -> "FoundKey | None":
        kept = self._keys.get(pk)
        if kept is not None and time.monotonic() - kept[0] < FRESH_SECONDS:
            return kept[1]
        key = await self._store.read(partial(_find_key, pk=pk))
        if len(self._keys) >= MAX_KEPT:
            self._keys.clear()
        self._keys[pk] = time.monotonic(), key
        return key

    async def rights_of(self, principal: Principal) -> Rights:
        """What somebody may do now; nothing for one whose time is up."""
        if principal.expires_at is not None and principal.expires_at <= now():
            return NOBODY
        if principal == TOKEN_HOLDER:
            return OPERATOR
        if principal == ANYBODY:
            return self._anonymous.rights
        names = {principal.name, *(f"group:{group}" for group in principal.groups)}
        if names & set(self._settings.operators):
            return OPERATOR
        if principal.key is not None:
            found = await self._key(principal.key)
            return found.rights if found is not None and is_alive(found.key) else NOBODY
        kept = self._rights.get(principal)
        if kept is not None and time.monotonic() - kept.at < FRESH_SECONDS:
            return kept.rights
        rights = await self._store.read(partial(_rights_of_members, names=frozenset({*names, EVERYBODY})))
        if len(self._rights) >= MAX_KEPT:
            self._rights.clear()
        self._rights[principal] = Kept(time.monotonic(), rights)
        return rights


def vouched(identity: Identity) -> Principal:
    """Somebody whom the issuer vouches for.

    Raises:
        Unauthenticated: Their name is one that nobody may have.
    """
    if not is_name(identity.name):
        raise Unauthenticated("The token names somebody as nobody may be called here.", hint=OTHER_CLAIM)
    return Principal(identity.name, identity.groups, expires_at=identity.expires_at)


def is_alive(key: ApiKey) -> bool:
    """Whether a key may still be used."""
    return key.revoked_at is None and (key.expires_at is None or key.expires_at > now())


def _scope(stored: Mapping[str, Any]) -> tuple[str, Role, bool]:
    return str(stored["workspace"]), Role(stored["role"]), bool(stored["sees_definitions"])


def _find_key(session: Session, pk: UUID) -> FoundKey | None:
    key = key_by_pk(session, pk)
    return None if key is None else FoundKey(key, rights_from(list(map(_scope, living_scopes(session, key)))))


def _rights_of_members(session: Session, names: frozenset[str]) -> Rights:
    rows = memberships(session, names)
    return rights_from([(row.workspace, Role(row.role), row.sees_definitions) for row in rows])
