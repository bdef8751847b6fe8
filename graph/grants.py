"""Grants: addresses that are a permission, signed, for one purpose and one object, and for minutes only."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from starlette.requests import HTTPConnection

from db.keys import shared_key
from db.models import now
from db.store import Store
from graph.settings import ApiSettings
from jobs.errors import BadGrant
from jobs.uploads import Intake

LIFE = timedelta(minutes=15)  # of a grant, at most
MAX_CHARACTERS = 2_000  # of a grant in an address: one of ours has some 300
ALGORITHMS = ("HS256",)
KEY_NAME = "grants"
ASK_ANEW = "Ask for a new address: it is good for 15 minutes."


class Purpose(StrEnum):
    """What a grant permits."""

    PUT_UPLOAD = "put-upload"
    GET_ARTIFACT = "get-artifact"
    GET_ROWS = "get-rows"
    PICTURE = "picture"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class Grant:
    """What its holder may do, without saying who they are, until it expires."""

    purpose: str
    about: str  # the object, in words of the purpose
    workspace: str
    expires_at: datetime


class Grants:
    """Signs grants and checks them. The key is that of the settings, or one that all processes share."""

    def __init__(self, store: Store, settings: ApiSettings) -> None:
        self._store, self._settings = store, settings
        self._key: Any = None
        self._reading = asyncio.Lock()  # a list may want a hundred addresses before the key is known

    async def sign(self, purpose: str, about: str, workspace: str, *, until: datetime | None = None) -> str:
        """A grant as a word that may stand in an address.

        It ends at `until`, or 15 minutes from now, whichever is sooner.
        """
        from joserfc import jwt  # noqa: PLC0415 - 0.2 s, which a start need not wait for

        latest = now() + LIFE
        expires_at = min(until or latest, latest)
        claims = {"aud": purpose, "sub": about, "wsp": workspace, "exp": int(expires_at.timestamp())}
        return jwt.encode({"alg": ALGORITHMS[0]}, claims, await self._signing_key(), list(ALGORITHMS))

    async def check(self, word: str, purpose: str) -> Grant:
        """What a grant says.

        Raises:
            BadGrant: It is not one of ours, is for another purpose, or has expired.
        """
        from joserfc import jwt  # noqa: PLC0415 - see above
        from joserfc.errors import JoseError  # noqa: PLC0415 - see above

        if len(word) > MAX_CHARACTERS:
            raise BadGrant(hint=ASK_ANEW)
        try:
            token = jwt.decode(word, await self._signing_key(), list(ALGORITHMS))
        except (JoseError, ValueError) as error:
            raise BadGrant(hint=ASK_ANEW) from error
        claims = token.claims
        if claims.get("aud") != purpose:
            raise BadGrant(hint=ASK_ANEW)
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
        if expires_at <= now():
            raise BadGrant("The address has expired.", hint=ASK_ANEW)
        return Grant(purpose, claims["sub"], claims["wsp"], expires_at)

    def address(self, connection: HTTPConnection | None, path: str) -> str:
        """The whole address of a path: below the public one of the settings, or else the one of the request."""
        base = self._settings.public_url
        if base is None:
            base = "" if connection is None else str(connection.base_url)
            base = base.replace("ws", "http", 1) if base.startswith("ws") else base
        return base.rstrip("/") + path

    async def _signing_key(self) -> Any:
        from joserfc.jwk import OctKey  # noqa: PLC0415 - see above

        async with self._reading:
            if self._key is None:
                given = self._settings.signing_key
                secret = given.get_secret_value() if given else await shared_key(self._store, KEY_NAME)
                self._key = OctKey.import_key(secret)
            return self._key


@dataclass(frozen=True, slots=True)
class Transfers:
    """What moving bytes takes, opened once a process."""

    intake: Intake
    grants: Grants
