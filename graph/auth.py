"""Who is asking, and what they may do where."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graph.settings import ApiSettings
from jobs.errors import Unauthenticated

SCHEME = "bearer"


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who may ask. For now there is one, who may do everything in every workspace."""

    name: str


ANYBODY = Principal("anybody")
TOKEN_HOLDER = Principal("token")


def authenticate(settings: ApiSettings, authorization: str | None) -> Principal:
    """Who brings this Authorization header.

    Raises:
        Unauthenticated: A token is set and this is not it.
    """
    if settings.api_token is None:
        return ANYBODY
    scheme, _, token = (authorization or "").partition(" ")
    expected = settings.api_token.get_secret_value()
    if scheme.lower() == SCHEME and hmac.compare_digest(token.strip().encode(), expected.encode()):
        return TOKEN_HOLDER
    raise Unauthenticated(hint="Send `Authorization: Bearer …` with the token of HEADWATER_API_TOKEN.")


def authorization_of(params: Mapping[str, Any]) -> str | None:
    """The Authorization that a socket's connection_init carries, under any capitals."""
    for name, value in params.items():
        if name.lower() == "authorization" and isinstance(value, str):
            return value
    return None
