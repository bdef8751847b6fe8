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
    journal: Journal
    request: Request | WebSocket | None = None
    response: Any = None
    principal: Principal = ANYBODY
    rights: Rights = NOBODY
    connection_params: dict[str, Any] = field(default_factory=dict)  # filled in by connection_init

    def note(self, note: Note, alike: Hashable) -> None:
        """Have something written into the audit log, unless one of `alike` just was."""
        self.journal.tell(note, self.request, alike)

    def for_operation(self) -> "Context":
        """The same with loaders of its own: a socket lives long, and what they read is soon old."""
        return replace(self, loaders=Loaders(self.desk.store), sitting=Sitting(self.sitting.analyst))


Info = strawberry.Info[Context, None]
