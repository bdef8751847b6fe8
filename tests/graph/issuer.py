"""An issuer of tokens of our own: a real HTTP server with real keys, which can misbehave."""

import asyncio
import base64
import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey
from joserfc.jws import JWSRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from graph.oidc import Issuer
from graph.settings import OidcSettings
from jobs.errors import HeadwaterError
from tests.graph.api import serving

NOON = 1_800_000_000.0  # what our calendars show, unless a test moves them
HOUR = 3_600
AUDIENCE = "headwater"
DISCOVERY, KEYS = "/.well-known/openid-configuration", "/keys"


@cache
def key(kid: str, kind: str = "RSA", what: str | int = 2_048) -> Any:
    """A private key of this name, the same one each time: making one takes a tenth of a second."""
    return JWKRegistry.generate_key(kind, what, {"kid": kid})


def public(private: RSAKey | ECKey | OKPKey, **more: Any) -> dict[str, Any]:
    """What an issuer publishes of a key; what is None is left out."""
    members: dict[str, Any] = private.as_dict(private=False) | more
    return {name: value for name, value in members.items() if value is not None}


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def packed(header: Mapping[str, Any], claims: Any) -> str:
    """The part of a token that is signed."""
    return ".".join(encoded(json.dumps(part).encode()) for part in (header, claims))


def signed(header: Mapping[str, Any], claims: Any, by: Any) -> str:
    """A token in whatever way its header says, whether that is wise or not."""
    text = packed(header, claims)
    return f"{text}.{encoded(JWSRegistry.algorithms[header['alg']].sign(text.encode(), by))}"


@dataclass(slots=True)
class Hand:
    """A clock, or a calendar, that goes when it is told to."""

    seconds: float

    def __call__(self) -> float:
        return self.seconds


@dataclass(slots=True)
class OwnIssuer:
    """What is published, how it is published, and how often it was asked for."""

    address: str = ""
    published: list[dict[str, Any]] = field(default_factory=lambda: [public(key("first"))])
    document: dict[str, Any] = field(default_factory=dict)  # put in the place of what discovery says
    misbehaviour: Response | None = None  # answered instead of keys
    gate: asyncio.Event | None = None  # for which answers wait
    asked: Counter[str] = field(default_factory=Counter)
    encodings: str = ""  # in which an answer may come

    @property
    def fetches(self) -> int:
        """How often keys were asked for."""
        return self.asked[KEYS]

    async def discovery(self, _request: Request) -> Response:
        self.asked[DISCOVERY] += 1
        said = {"issuer": self.address, "jwks_uri": self.address + KEYS} | self.document
        return JSONResponse(said)

    async def keys(self, request: Request) -> Response:
        self.asked[KEYS] += 1
        self.encodings = request.headers.get("accept-encoding", "")
        if self.gate is not None:
            await self.gate.wait()
        return self.misbehaviour or JSONResponse({"keys": self.published})

    async def elsewhere(self, _request: Request) -> Response:
        self.asked["/elsewhere"] += 1
        return JSONResponse({"keys": self.published})

    def app(self) -> Starlette:
        routes = [
            Route(DISCOVERY, self.discovery),
            Route(KEYS, self.keys),
            Route("/elsewhere", self.elsewhere),
        ]
        return Starlette(routes=routes)

    def claims(self, **more: Any) -> dict[str, Any]:
        """What a good token says; what is None is left out."""
        plain = {"iss": self.address, "aud": AUDIENCE, "sub": "ada", "exp": NOON + HOUR}
        return {name: value for name, value in (plain | more).items() if value is not None}

    def token(
        self, by: Any = None, alg: str = "RS256", *, header: Mapping[str, Any] | None = None, **claims: Any
    ) -> str:
        """A token that is good, but for what a test asks for."""
        by = by or key("first")
        full = {"alg": alg, "kid": by.kid, "typ": "JWT"} | dict(header or {})
        return signed(
            {name: value for name, value in full.items() if value is not None}, self.claims(**claims), by
        )

    def settings(self, **more: Any) -> OidcSettings:
        return OidcSettings(**({"issuer": self.address, "audiences": (AUDIENCE,)} | more))


@dataclass(slots=True)
class Desk:
    """Our side: who checks tokens, with a clock and a calendar that a test moves."""

    own: OwnIssuer
    issuer: Issuer
    clock: Hand
    calendar: Hand

    async def refusal(self, token: str) -> str:
        """The code and the words with which a token is refused; empty if it is taken."""
        try:
            await self.issuer.verify(token)
        except HeadwaterError as error:
            return f"{error.code}: {error}" if error.hint else f"no hint: {error}"
        return ""


@asynccontextmanager
async def open_desk(own: OwnIssuer | None = None, **settings: Any) -> AsyncIterator[Desk]:
    """An issuer that is served, and somebody who checks its tokens."""
    own = own or OwnIssuer()
    async with serving(own.app()) as address:
        own.address = address
        async with checking(own, **settings) as desk:
            yield desk


@asynccontextmanager
async def checking(own: OwnIssuer, **settings: Any) -> AsyncIterator[Desk]:
    """Somebody who checks tokens of an issuer, whether it is served or not."""
    clock, calendar = Hand(1_000.0), Hand(NOON)
    issuer = Issuer(own.settings(**settings), clock=clock, calendar=calendar)
    try:
        yield Desk(own, issuer, clock, calendar)
    finally:
        if own.gate is not None:
            own.gate.set()
        await issuer.close()
