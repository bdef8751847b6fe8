"""Who is asking, and what they may do where."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from uuid import UUID

from starlette.requests import HTTPConnection

from graph.settings import ApiSettings
from jobs.errors import Unauthenticated

SCHEME = "bearer"
FORWARDED = "x-forwarded-for"
MAX_NAME_CHARACTERS = 200
RESERVED = ("key:", "group:")  # what names of people do not begin with
OURS = frozenset({"*", "anybody", "nobody", "token"})


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who asks. `groups` are what their issuer says they belong to; `key` is the API key they bring.

    After `expires_at` they are nobody any more.
    """

    name: str
    groups: tuple[str, ...] = ()
    key: UUID | None = None
    expires_at: datetime | None = None

    @property
    def may_end(self) -> bool:
        """Whether what they may do can change while they are here."""
        return self not in {ANYBODY, TOKEN_HOLDER}


ANYBODY = Principal("anybody")
TOKEN_HOLDER = Principal("token")
BY_PROXY = (
    "Ask through a proxy of HEADWATER_TRUSTED_PROXIES that sets the header of HEADWATER_PRINCIPAL_HEADER."
)


def authenticate(
    settings: ApiSettings, authorization: str | None, connection: HTTPConnection | None
) -> Principal:
    """Who brings this Authorization header over this connection.

    Raises:
        Unauthenticated: A token or proxies are set, and this is neither that token nor one whom a proxy names.
    """
    named = None if connection is None else named_by_proxy(settings, connection)
    if named is not None:
        return Principal(named)
    if settings.api_token is None:
        if not settings.trusted_proxies:
            return ANYBODY
        raise Unauthenticated("Only a trusted proxy may ask, and it has to say for whom.", hint=BY_PROXY)
    token = bearer_of(authorization)
    if token is not None and is_api_token(settings, token):
        return TOKEN_HOLDER
    raise Unauthenticated(hint="Send `Authorization: Bearer …` with the token of HEADWATER_API_TOKEN.")


def is_api_token(settings: ApiSettings, token: str) -> bool:
    """Whether this is the token of the settings; it takes as long for every other."""
    expected = settings.api_token.get_secret_value() if settings.api_token is not None else ""
    return hmac.compare_digest(token.encode(), expected.encode()) and bool(expected)


def is_name(name: str) -> bool:
    """Whether people may be called so: not as keys, groups and we ourselves are."""
    fits = 1 <= len(name) <= MAX_NAME_CHARACTERS and name.isprintable()
    return fits and not name.startswith(RESERVED) and name not in OURS


def bearer_of(authorization: str | None) -> str | None:
    """The token in an Authorization header; None if it brings none."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == SCHEME else None


def named_by_proxy(settings: ApiSettings, connection: HTTPConnection) -> str | None:
    """Whom a trusted proxy says that it asks for; None if nobody trusted says so, or nothing that is a name.

    A header that comes twice names nobody: the first may be the client's own, passed on by its side.
    """
    if not is_trusted(settings, connection):
        return None
    given = connection.headers.getlist(settings.principal_header)
    if len(given) != 1:
        return None
    try:
        name = given[0].encode("latin-1").decode().strip()
    except UnicodeDecodeError:
        return None
    return name if is_name(name) else None


def is_trusted(settings: ApiSettings, connection: HTTPConnection) -> bool:
    """Whether the other end of a connection is a trusted proxy.

    `headwater serve` leaves addresses as connections have them. A server that takes them from headers, as
    uvicorn does by itself, would let them be forged: see graph.cli.parts.
    """
    peer = connection.client
    return peer is not None and is_proxy(settings, peer.host)


def is_proxy(settings: ApiSettings, host: str) -> bool:
    """Whether an address is that of a trusted proxy."""
    if not settings.trusted_proxies:
        return False
    try:
        address: IPv4Address | IPv6Address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in ip_network(network) for network in settings.trusted_proxies)


def address_of(settings: ApiSettings, connection: HTTPConnection) -> str | None:
    """From where somebody asks; None if nobody can tell.

    A trusted proxy is not who asks: it adds the address that it was asked from to X-Forwarded-For. What stands
    to the left of that is what the client itself sent, so the last one that is no proxy of ours counts.
    """
    peer = connection.client
    if peer is None or not is_proxy(settings, peer.host):
        return None if peer is None else peer.host
    passed = map(without_port, ",".join(connection.headers.getlist(FORWARDED)).split(","))
    given = next((host for host in reversed(tuple(passed)) if not is_proxy(settings, host)), "")
    try:
        return str(ip_address(given))
    except ValueError:
        return None


def without_port(host: str) -> str:
    """An address as X-Forwarded-For names it, without the port that some proxies add."""
    host = host.strip()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host


def authorization_of(params: Mapping[str, Any]) -> str | None:
    """The Authorization that a socket's connection_init or ping carries, under any capitals."""
    for name, value in params.items():
        if name.lower() == "authorization" and isinstance(value, str):
            return value
    return None


def without_authorization(params: Mapping[str, Any]) -> dict[str, Any]:
    """The same without what `authorization_of` looks at, under any capitals: a secret is not sent back."""
    return {name: value for name, value in params.items() if name.lower() != "authorization"}
