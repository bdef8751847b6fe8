"""A plain Strawberry service: the same rows, the same answers, and its caches on; nothing of ours around.

uvicorn --factory bench.peer:create_app
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

import strawberry
from strawberry import relay
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

from db.history import ListedRun, RunFilter, list_runs
from db.models import MAIN_WORKSPACE, RunStatus
from db.settings import StateSettings, load_settings
from db.store import Store
from graph.paging import encode_cursor

Status = strawberry.enum(RunStatus, name="RunStatus")


@strawberry.type
class PeerRun:
    """A run as a plain Strawberry type: everything is an attribute."""

    run_id: str
    kind: str
    status: Status  # type: ignore[valid-type]  # an enum that Strawberry made
    created_by: str
    priority: int
    attempt: int
    submitted_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, row: ListedRun) -> "PeerRun":
        return cls(
            run_id=row.run_id,
            kind=row.kind,
            status=RunStatus(row.status),
            created_by=row.created_by,
            priority=row.priority,
            attempt=row.attempt,
            submitted_at=row.submitted_at,
            finished_at=row.finished_at,
        )


@strawberry.type
class PeerEdge:
    """A run in a list."""

    cursor: str
    node: PeerRun


@strawberry.type
class PeerConnection:
    """A page of runs."""

    edges: list[PeerEdge]
    page_info: relay.PageInfo


@strawberry.type
class PeerViewer:
    """Whoever asks."""

    principal: str


@strawberry.type
class PeerQuery:
    """The part of our API that is measured."""

    @strawberry.field
    def viewer(self) -> PeerViewer:
        return PeerViewer(principal="anybody")

    @strawberry.field
    async def runs(self, info: strawberry.Info[Any, None], first: int = 50) -> PeerConnection:
        store: Store = info.context["store"]
        read = partial(list_runs, workspace=MAIN_WORKSPACE, wanted=RunFilter(), after=None, limit=first + 1)
        rows: Sequence[ListedRun] = await store.read(read)
        edges = [
            PeerEdge(cursor=encode_cursor(row.submitted_at.isoformat(), str(row.pk)), node=PeerRun.of(row))
            for row in rows[:first]
        ]
        page = relay.PageInfo(
            has_next_page=len(rows) > first,
            has_previous_page=False,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        )
        return PeerConnection(edges=edges, page_info=page)


class Peer(GraphQL[dict[str, Any], None]):
    """Strawberry's own view, which is handed the database."""

    store: Store

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:
        return {"store": self.store, "request": request, "response": response}


def create_app() -> Peer:
    """The plain service, over the database that the environment names."""
    state: StateSettings = load_settings((StateSettings,), None)[StateSettings]
    app = Peer(strawberry.Schema(PeerQuery, extensions=[ParserCache, ValidationCache]))
    app.store = Store(state.url, synchronous=state.sqlite_synchronous)
    return app
