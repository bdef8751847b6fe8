"""What every resolver has at hand."""

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import strawberry
from starlette.requests import Request
from starlette.websockets import WebSocket

from db.graphs import Graphs
from db.hints import Hints
from graph.auth import ANYBODY, Principal
from graph.grants import Transfers
from graph.journal import Journal, Note
from graph.loaders import Loaders
from graph.meter import Meter, Seat
from graph.quotas import Asker
from graph.rights import NOBODY, Rights
from graph.sign_in import SignIn
from jobs.analyst import Sitting
from jobs.submit import Desk


@dataclass(slots=True)
class Context:
    """One request, or one socket; each of its operations gets a copy."""

    desk: Desk
    hints: Hints
    loaders: Loaders
    transfers: Transfers
    graphs: Graphs
    sitting: Sitting
    logs: Path  # the folder of this machine's files of logs
    sign_in: SignIn
    meter: Meter
    journal: Journal
    request: Request | WebSocket | None = None
    response: Any = None
    principal: Principal = ANYBODY
    rights: Rights = NOBODY
    origin: str | None = None  # the address that limits count: behind a proxy another than the peer's
    seat: Seat = field(default_factory=Seat)  # among the sockets that are open
    connection_params: dict[str, Any] = field(default_factory=dict)  # filled in by connection_init

    @property
    def asker(self) -> Asker:
        """Whom it counts against: whoever does not sign in counts by where they come from alone."""
        return asker_of(self.principal, self.origin)

    def note(self, note: Note, alike: Hashable) -> None:
        """Have something written into the audit log, unless one of `alike` just was."""
        self.journal.tell(note, self.request, alike)

    def for_operation(self) -> "Context":
        """The same with loaders of its own: a socket lives long, and what they read is soon old."""
        loaders = Loaders(self.desk.store, self.graphs)
        return replace(self, loaders=loaders, sitting=Sitting(self.sitting.analyst))


def asker_of(principal: Principal, origin: str | None) -> Asker:
    """Whom it counts against what this principal asks from there."""
    return Asker(None if principal == ANYBODY else principal.name, origin)


Info = strawberry.Info[Context, None]
