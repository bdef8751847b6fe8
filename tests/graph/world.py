"""Workspaces with as many as wanted of what lists show: rows, but for the graph, which a run makes."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from sqlalchemy import update
from sqlmodel import SQLModel, col, select

from db.access import ApiKey, Member
from db.annotations import PEOPLE
from db.assertions import ensure_source
from db.audit import AuditEntry
from db.lineage import Asset, Edge, EdgeRejection, Revision, identity
from db.models import (
    Artifact,
    EventName,
    Run,
    RunArtifact,
    RunEvent,
    RunLabel,
    RunStatus,
    Upload,
    Workspace,
    now,
)
from db.roles import Role
from db.saved_queries import SavedQuery
from db.session import Session
from db.watches import Watch
from jobs.pipeline import to_json
from jobs.pipelines.lineage.values import LineageDisagreement, LineageGap, LineageResult, Witness
from tests.graph.api import Api
from tests.graph.test_lineage import learn

EVENTS: dict[EventName, dict[str, Any]] = {
    EventName.ACCEPTED: {"kind": "lineage"},
    EventName.STARTED: {"worker": "worker-1"},
    EventName.FINISHED: {"status": "completed_with_gaps"},
}
PROBLEM = {"code": "BAD", "file": "f", "field": "x", "message": "m", "row_count": 1, "rows": ["1: y"]}
FAILURE = {"code": "BAD_INPUT", "message": "It cannot be read.", "hint": "", "problems": [PROBLEM]}
GAP = LineageGap("t.sql", 1, 1, 0, 5, reason="syntax", message="It is none.", remedy="Mend it.")
RESULT = LineageResult(
    revision=None,
    text_count=1,
    statement_count=2,
    explained_count=1,
    unresolved_count=1,
    asset_count=0,
    column_count=0,
    direct_edge_count=0,
    indirect_edge_count=0,
    added_count=0,
    ended_count=0,
    gaps=(GAP,),
    warnings=("One is odd.",),
    disagreement_count=1,
    disagreements=(LineageDisagreement("a", "b", Witness.PARSED),),
)


async def worlds(api: Api, **sizes: int) -> None:
    """Fill workspaces, new or not, with so many runs of each sort, uploads, revisions, members and others.

    The graph of each has as many tables, each with a view, and `s.whole`, with a column from each view.
    """
    for workspace, size in sizes.items():
        await api.house.write(partial(open_workspace, name=workspace))
        await learn(api, texts(size), workspace=workspace, source=workspace)
        await asyncio.wrap_future(api.app.state.graphs.ask_for(workspace))
    for workspace, size in sizes.items():  # queued runs come last: they would be first in turn
        await api.house.write(partial(fill, workspace=workspace, size=size))


def open_workspace(session: Session, name: str) -> None:
    if session.get(Workspace, name) is None:
        session.add(Workspace(name=name))


def texts(size: int) -> dict[str, str]:
    """SQL for a graph that is as wide."""
    numbers = range(size)
    columns = ", ".join(f"v{at}.c AS c{at}" for at in numbers)
    sources = ", ".join(f"s.v{at}" for at in numbers)
    return {
        "tables.sql": "\n".join(f"CREATE TABLE s.t{at} (a INT, b INT);" for at in numbers),
        "views.sql": "\n".join(
            f"CREATE VIEW s.v{at} AS SELECT a, b, a + b AS c FROM s.t{at} WHERE b > 0;" for at in numbers
        ),
        "whole.sql": f"CREATE VIEW s.whole AS SELECT {columns} FROM {sources};",
    }


def fill(session: Session, workspace: str, size: int, start: int = 0) -> None:
    """Write everything that is no graph, numbered from a start."""
    for batch in zip(*(rows(workspace, at) for at in range(start, start + size)), strict=True):
        session.add_all(batch)
        session.flush()  # what refers to others comes after them
    for batch in zip(*rejections(session, workspace, range(start, start + size)), strict=True):
        session.add_all(batch)
        session.flush()
    runs = select(Run.pk).where(Run.workspace == workspace, Run.status == RunStatus.COMPLETED_WITH_GAPS)
    head = session.get_one(Workspace, workspace).head
    for number, pk in enumerate(session.scalars(runs).all()[head:], head + 1):
        made: dict[str, Any] = {"state": "committed", "committed_at": now(), "attempt": 1}
        session.add(Revision(workspace=workspace, number=number, run_pk=pk, **made))
    session.execute(update(Workspace).where(col(Workspace.name) == workspace).values(head=max(size, head)))


def rejections(session: Session, workspace: str, numbers: range) -> Iterator[list[SQLModel]]:
    """For each number an edge that nobody asserts any more, and a person's word that it is wrong."""
    people = ensure_source(session, workspace, PEOPLE)
    asset = session.scalars(select(Asset.pk).where(Asset.workspace == workspace).limit(1)).one()
    own: dict[str, Any] = {"workspace": workspace, "source_pk": people, "since": 1, "author": "somebody"}
    ends: dict[str, Any] = {"source_asset_pk": asset, "target_asset_pk": asset, "born": 1}
    for at in numbers:
        pk = identity("rejected", workspace, str(at))
        how: dict[str, Any] = {"kind": "indirect", "subtype": "sort", "masking": False}
        yield [
            Edge(pk=pk, workspace=workspace, **ends, **how),
            EdgeRejection(pk=pk, fact=pk, edge_pk=pk, reason=f"reason {at}", **own),
        ]


def rows(workspace: str, at: int) -> Iterator[SQLModel]:
    """One of everything, what others refer to first; always the same sorts in the same order."""
    digest, by = f"{workspace}-{at:060d}"[-64:], f"person-{at}"
    later = now() + timedelta(minutes=10)
    moment = now() - timedelta(seconds=at)
    ended = run_of(workspace, f"ended-{at}", RunStatus.COMPLETED_WITH_GAPS, result=to_json(RESULT))
    yield Artifact(digest=digest, size_bytes=at, media_type="text/plain")
    yield ended
    yield run_of(workspace, f"failed-{at}", RunStatus.FAILED, error=FAILURE)
    yield run_of(workspace, f"queued-{at}", RunStatus.QUEUED)
    yield RunArtifact(run_pk=ended.pk, name="gaps.json", digest=digest)
    yield RunLabel(run_pk=ended.pk, label=f"label-{at}")
    for seq, (name, data) in enumerate(EVENTS.items(), 1):
        yield RunEvent(run_pk=ended.pk, seq=seq, name=name, attempt=1, data=data)
    announced: dict[str, Any] = {
        "workspace": workspace,
        "size_bytes": at,
        "created_by": by,
        "created_at": moment,
    }
    yield Upload(name=f"{at}.sql", expires_at=later, **announced)
    yield Member(workspace=workspace, principal=by, role=Role.EDITOR, added_by="somebody")
    scope = {"workspace": workspace, "role": "viewer", "sees_definitions": False}
    yield ApiKey(name=f"key {at}", secret_digest=uuid4().hex, scopes=[scope], created_by=by, created_at=moment)
    yield watch_of(workspace, f"watch {at}", owner=by, created_at=moment)
    named: dict[str, Any] = {
        "name": f"Query {at}",
        "folded": f"query {at}",
        "sql": f"SELECT {at}",
        "engine": "duckdb",
    }
    yield SavedQuery(workspace=workspace, saved_by=by, saved_at=moment, **named)
    yield Workspace(name=f"{workspace}.{at}")
    yield AuditEntry(principal=by, action="submitRun", workspace=workspace, outcome="done")


def watch_of(workspace: str, name: str, **more: Any) -> Watch:
    """A watch of something that is not there."""
    place: dict[str, Any] = {"asset_pk": uuid4(), "namespace": "n", "asset_name": "a"}
    return Watch(workspace=workspace, name=name, direction="upstream", kinds=["direct"], **place, **more)


def run_of(workspace: str, run_id: str, status: RunStatus, **more: Any) -> Run:
    """A run in a status, as if it had come there by itself."""
    ended = None if status is RunStatus.QUEUED else now()
    return Run(
        workspace=workspace,
        run_id=run_id,
        created_by="somebody",
        kind="lineage",
        input_digest=run_id,
        timeout_seconds=60,
        status=status,
        rank=now(),
        started_at=ended,
        finished_at=ended,
        last_seq=len(EVENTS) if ended else 0,
        **more,
    )
