"""What one principal and one address may have, as values: limits, whom they count, and what is left of them."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from limits import RateLimitItem, RateLimitItemPerSecond

from db.settings import PREFIX
from graph.settings import QuotaSettings
from jobs.errors import LimitReached

MINUTE, HOUR = 60, 3600
MAX_KEPT = 10_000  # names of askers that are remembered
NETWORK = 64  # bits of an IPv6 address: whoever has one has all that share them


class LimitName(StrEnum):
    """What is limited."""

    REQUESTS = "requests"
    COST = "cost"
    SOCKETS = "sockets"
    RUNS = "runs"
    UPLOADS = "uploads"
    WAITING_BYTES = "waiting_bytes"
    STORAGE = "storage"


class LimitScope(StrEnum):
    """Whose use counts together."""

    PRINCIPAL = "principal"
    ADDRESS = "address"
    WORKSPACE = "workspace"


@dataclass(frozen=True, slots=True)
class Asker:
    """Whom it counts against: a principal, unless nobody signed in, and an address, if there is one."""

    principal: str | None = None
    address: str | None = None

    def key(self, scope: LimitScope) -> str | None:
        """What the use of this scope is counted under, without telling Redis who it is."""
        whose = self.principal if scope is LimitScope.PRINCIPAL else self.address
        return None if whose is None else key_of(scope.value, whose)


@lru_cache(MAX_KEPT)
def key_of(scope: str, whose: str) -> str:
    """A short name of somebody."""
    if scope == LimitScope.ADDRESS:
        whose = network_of(whose)
    return f"{scope}:{hashlib.sha256(whose.encode(errors='surrogatepass')).hexdigest()[:32]}"


def network_of(address: str) -> str:
    """An address as it counts: of IPv6 the network, for its holder could ask from each address in it."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is None:
            return str(ip_network((int(found), NETWORK), strict=False))
        found = found.ipv4_mapped
    return str(found)


FINE = frozenset(
    {LimitName.REQUESTS, LimitName.COST}
)  # what is asked for so often that it is counted in grains
GRAINS = 1_000  # of a limit: so exact it is, for each process and each who asks; below it, to the last one


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many of something for each of a scope: in so many seconds, or at once."""

    name: LimitName
    scope: LimitScope
    most: int
    seconds: int | None = None

    @property
    def grain(self) -> int:
        """How much of it is counted at least at once: less is not worth a round trip."""
        return self.most // GRAINS if self.name in FINE else 0

    @property
    def setting(self) -> str:
        """What an operator sets it by."""
        return f"{PREFIX}MAX_{self.name.name}_PER_{self.scope.name}"


@lru_cache
def item_of(limit: Limit) -> RateLimitItem:
    """A limit in the words of the library."""
    return RateLimitItemPerSecond(limit.most, limit.seconds, namespace=limit.name.value)


WORDS: Mapping[LimitName, str] = {
    LimitName.REQUESTS: "requests may be made a minute",
    LimitName.COST: "is what documents may cost a minute",
    LimitName.SOCKETS: "sockets may be open at once",
    LimitName.UPLOADS: "uploads may be announced an hour",
}
WHOSE = {LimitScope.PRINCIPAL: "by one principal", LimitScope.ADDRESS: "from one address"}


def refusal(limit: Limit, wait: int | None) -> LimitReached:
    """The refusal of whoever has reached a limit, and may try again in so many seconds."""
    message = f"{limit.most:,} {WORDS[limit.name]} {WHOSE[limit.scope]}, and no more."
    close = limit.name is LimitName.SOCKETS
    less = "Close one that is not needed." if close else "Ask for less at once: this much never is."
    hint = f"{less if wait is None else f'Try again in {wait} s.'} {limit.setting} is the limit."
    return LimitReached(message, limit=limit.name.name, allowed=limit.most, retry_after=wait, hint=hint)


@dataclass(frozen=True, slots=True)
class Use:
    """How much of a limit is used, and when all of it is free again; None if that is not a matter of time."""

    limit: Limit
    used: int
    renews_at: datetime | None = None


def limits_of(settings: QuotaSettings) -> Sequence[Limit]:
    """All limits that are kept here: those that are not switched off."""
    scopes = (LimitScope.PRINCIPAL, LimitScope.ADDRESS)
    kinds: tuple[tuple[LimitName, int | None], ...] = (
        (LimitName.REQUESTS, MINUTE),
        (LimitName.COST, MINUTE),
        (LimitName.SOCKETS, None),
        (LimitName.UPLOADS, HOUR),
    )
    found = [
        Limit(name, scope, getattr(settings, f"max_{name}_per_{scope}"), seconds)
        for name, seconds in kinds
        for scope in scopes
    ]
    return tuple(limit for limit in found if limit.most)


@dataclass(frozen=True, slots=True)
class Window:
    """What a counter holds: hits of the window before and of this one, and seconds until each is forgotten."""

    before: int
    before_left: float
    now: int
    now_left: float

    def used(self, seconds: int) -> int:
        """How many hits count: those of the window before fade."""
        return math.floor(self.before * self.before_left / seconds) + self.now

    def wait(self, limit: Limit, amount: int) -> int | None:
        """In how many whole seconds so many more will fit; None if they never do."""
        seconds, room = limit.seconds or 1, limit.most - amount
        if room < 0:
            return None
        until = max(self.now_left - seconds, 0.0)  # the rest of this window
        if self.now <= room:
            faded = self.before_left - (room - self.now + 1) * seconds / max(self.before, 1)
            if faded <= until:
                return max(math.floor(faded) + 1, 1)
        fading = seconds - (room + 1) * seconds / max(self.now, 1)
        return max(math.floor(until + max(fading, 0.0)) + 1, 1)
