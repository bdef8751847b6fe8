"""A workspace is emptied whole, whatever dies or races meanwhile, and no other workspace notices."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Table, func, update
from sqlmodel import SQLModel, col, select

from db import clearing
from db.assertions import Change, ensure_source, write_changes
from db.clearing import PARTS, begin_clearing, clear_some, end_clearing, hold_workspace
from db.lineage import (
    Asset,
    AssetColumn,
    AssetFact,
    ColumnFact,
    Definition,
    Edge,
    Evidence,
    Gap,
    Revision,
    StatementFact,
    identity,
)
from db.models import Artifact, RunStatus, RunUpload, Upload, Workspace, now
from db.query_cache import remember
from db.revisions import commit_revision, reserve_revision
from db.saved_queries import SavedQuery
from db.warehouse import StoredFile, Written, write_table
from db.watches import ToldRevision, Watch
from jobs.clearing import carry_on, clear_workspace, finish_left
from jobs.errors import InvalidParams, UnknownWorkspace, WorkspaceBusy
from jobs.execute import end
from jobs.submit import RunOptions, retry_run
from jobs.sweep import finish_clearings, tidy_artifacts
from tests.house import House
from tests.pipelines.chores.values import Chore

NAMES = ("main", "theirs")
KEPT = {"workspaces": 1, "revisions": 1, "feed_floors": 1}  # itself, the number of its newest revision, and
# how far its feed was forgotten: who reads on from before that is told so


def graph_of(workspace: str, source: Any, numbers: range, revision: int) -> list[Change]:
    """Assets of two columns each, an edge between them, and everything that may be said of them."""
    changes = []
    for number in numbers:
        name = f"asset {number}"
        own = {"workspace": workspace, "born": revision}
        asset = identity(workspace, name)
        text = identity(workspace, "text", name)
        columns = [identity(workspace, name, each) for each in "ab"]
        edge = identity(workspace, "edge", name)
        ends = {
            "source_asset_pk": asset,
            "source_column_pk": columns[0],
            "target_asset_pk": asset,
            "target_column_pk": columns[1],
        }
        changes += [
            Change(Asset, own | {"pk": asset, "namespace": "n", "name_key": name, "name": name}),
            Change(Definition, own | {"pk": text, "body": name}),
            *(
                Change(AssetColumn, own | {"pk": pk, "asset_pk": asset, "name_key": each, "name": each})
                for pk, each in zip(columns, "ab", strict=True)
            ),
            Change(Edge, own | ends | {"pk": edge, "kind": "direct", "subtype": "identity", "masking": False}),
        ]

        def said(what: str, *, name: str = name) -> dict[str, Any]:
            fact = identity(workspace, "fact", what, name)
            return {"pk": fact, "fact": fact, "workspace": workspace, "source_pk": source, "since": revision}

        span = {"start": 0, "end": 1}
        gap = {"text_name": "t", "line": 1, "position": 1, "reason": "r", "message": "", "remedy": ""}
        spoken = {"definition_pk": text, "text_name": "t", "start": 0, "line": 1, "verb": "CREATE"}
        kind = {"asset_pk": asset, "kind": "table", "columns_complete": True, "definition_pk": text}
        changes += [
            Change(AssetFact, said("asset") | kind),
            Change(ColumnFact, said("column") | {"column_pk": columns[0], "ordinal": 0}),
            Change(
                Evidence, said("edge") | span | {"edge_pk": edge, "origin": "parsed", "definition_pk": text}
            ),
            Change(StatementFact, said("statement") | spoken),
            Change(Gap, said("gap") | span | gap),
        ]
    return changes


async def fill(house: House, workspace: str, assets: int = 3) -> None:
    """Give a workspace two revisions of a graph, ended runs, a shared artifact, an upload and a table."""
    options = RunOptions(workspace=workspace, labels=("a",))
    for revision in (1, 2):
        run = await house.claimed(await house.submitted("chores", options, chore=Chore.WAIT))
        await house.write(partial(reserve_revision, workspace=workspace, run_pk=run.pk, attempt=run.attempt))
        source = await house.write(partial(ensure_source, workspace=workspace, name="test"))
        numbers = range(revision * assets, (revision + 1) * assets)
        changes = graph_of(workspace, source, numbers, revision)
        await house.write(partial(write_changes, changes=changes, revision=revision))
        for content in (b"shared", workspace.encode()):
            digest = await house.context(run).keep(content, content.decode(), "text/plain")
        await house.write(partial(commit_revision, run_pk=run.pk, attempt=run.attempt))
        await house.write(partial(end, run=run, status=RunStatus.COMPLETED, bench=house.bench, outcome={}))
    arrived = Upload(
        workspace=workspace,
        name="a.sql",
        size_bytes=6,
        created_by="somebody",
        expires_at=now(),
        received_at=now(),
        digest=digest,
        role="sql",
    )

    place: dict[str, Any] = {
        "asset_pk": identity(workspace, "asset 2"),
        "namespace": "n",
        "asset_name": "asset 2",
    }
    sql: dict[str, Any] = {"sql": "SELECT 1", "engine": "duckdb", "saved_by": "a"}
    kept = SavedQuery(workspace=workspace, name="q", folded="q", **sql)
    watch = Watch(workspace=workspace, owner="a", name="w", direction="upstream", kinds=[], **place)

    def bring(session: Any) -> None:
        session.add_all([arrived, watch, kept])
        session.merge(ToldRevision(workspace=workspace, number=2))
        session.flush()
        session.add(RunUpload(run_pk=run.pk, upload_pk=arrived.pk))
        file = StoredFile(digest, 1, 1)
        made = Written("create", "main", "t", (("n", "INTEGER"),), (file,), 1, None)
        write_table(session, workspace, made, by="somebody", run=(run.pk, run.run_id))
        remember(session, workspace, "question", run.pk)

    await house.write(bring)


async def rows(house: House, workspace: str) -> dict[str, int]:
    """How many rows of each table name a workspace."""

    def look(session: Any) -> dict[str, int]:
        found = {}
        for table in SQLModel.metadata.sorted_tables:
            named = named_by(table)
            if named is not None:
                count = select(func.count()).select_from(table).where(named == workspace)
                found[table.name] = int(session.execute(count).scalar_one())
        return {name: count for name, count in found.items() if count}

    return await house.store.read(look)


def named_by(table: Table) -> Any:
    """The column of a table that names its workspace; None if it has none."""
    return table.c.name if table.name == "workspaces" else table.c.get("workspace")


@pytest.fixture
async def filled(house: House) -> House:
    """Two workspaces of the same assets."""
    await house.write(lambda session: session.add(Workspace(name="theirs")))
    for workspace in NAMES:
        await fill(house, workspace)
    return house


async def test_everything_goes_and_nothing_else(filled: House) -> None:
    """Every row that names the workspace goes, and is told; the other workspace keeps each of its own."""
    before = await rows(filled, "main")
    theirs = await rows(filled, "theirs")
    assert {"assets", "columns", "edges", "evidence", "gaps", "runs", "sources", "uploads"} < before.keys()
    assert {"feed", "told_revisions", "watches"} < before.keys()

    told = await clear_workspace(filled.store, "main", "main")

    assert KEPT == await rows(filled, "main")
    assert theirs == await rows(filled, "theirs")
    assert {
        "told": 1,
        "watches": 1,
        "news": 6,
        "revisions": 2,
        "assertions": 24,
        "gaps": 6,
        "edges": 6,
        "columns": 12,
        "assets": 6,
        "definitions": 6,
        "search entries": 14,
        "sources": 1,
        "events": 6,
        "artifacts": 4,
        "tables": 1,
        "saved queries": 1,
        "runs": 2,
        "uploads": 1,
    } == told
    assert [0, 2] == [await filled.head(name) for name in NAMES]
    assert {0} == set((await clear_workspace(filled.store, "main", "main")).values())


async def test_in_short_transactions(filled: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows go a few at a time, and all go."""
    monkeypatch.setattr(clearing, "CLEAR_ROWS", 2)
    monkeypatch.setattr(clearing, "CLEAR_RUNS", 1)

    told = await clear_workspace(filled.store, "main", "main")

    assert (2, 12, 24 + 6 + 6) == (
        told["runs"],
        told["columns"],
        told["assertions"] + told["edges"] + told["assets"],
    )
    assert KEPT == await rows(filled, "main")


async def test_revisions_go_on(filled: House) -> None:
    """After a clear the next revision has the next number, so that nobody takes it for an earlier one."""
    await clear_workspace(filled.store, "main", "main")
    run = await filled.claimed(await filled.submitted("echo", word="hello"))

    reserved = await filled.write(partial(reserve_revision, workspace="main", run_pk=run.pk, attempt=1))

    assert (3, True) == (reserved.number, reserved.mine)
    newest = select(Revision.state, Revision.committed_at).where(Revision.workspace == "main")
    found = await filled.store.read(
        lambda session: session.execute(newest.order_by(col(Revision.number))).all()
    )
    assert [("abandoned", None), ("reserved", None)] == [tuple(row) for row in found]


async def test_what_is_refused(filled: House) -> None:
    """A wrong confirmation, an unknown workspace and one with unfinished runs are refused: nothing changes."""
    before = await rows(filled, "main")
    for confirm in ("", "Main", "main ", "theirs"):
        with pytest.raises(InvalidParams, match="confirm"):
            await clear_workspace(filled.store, "main", confirm)
    with pytest.raises(UnknownWorkspace):
        await clear_workspace(filled.store, "nobody's", "nobody's")
    assert before == await rows(filled, "main")
    running = await filled.claimed(await filled.submitted("chores", chore=Chore.WAIT))

    with pytest.raises(WorkspaceBusy, match=running.run_id) as refused:
        await clear_workspace(filled.store, "main", "main")

    assert running.run_id == refused.value.holder
    assert 2 == await filled.head()


async def test_closed_meanwhile(filled: House) -> None:
    """While it is being cleared a workspace takes neither runs nor uploads nor retries; others take them."""
    (ended,) = await filled.store.read(
        lambda session: session.scalars(select(col(Revision.run_pk)).limit(1)).all()
    )
    assert ended
    await filled.write(partial(begin_clearing, workspace="main"))

    with pytest.raises(WorkspaceBusy, match="being cleared"):
        await filled.submitted("echo", word="hello")
    with pytest.raises(WorkspaceBusy, match="being cleared"):
        await clear_workspace(filled.store, "main", "main")
    run_ids = await run_ids_of(filled, "main")
    with pytest.raises(WorkspaceBusy, match="being cleared"):
        await retry_run(filled.desk, "somebody", "main", run_ids[0])
    held = [await filled.write(partial(hold_workspace, workspace=name)) for name in (*NAMES, "nobody's")]

    assert [True, False, None] == held
    assert 0 == await filled.head()
    await filled.submitted("echo", RunOptions(workspace="theirs"), word="hello")


async def run_ids_of(house: House, workspace: str) -> list[str]:
    runs = SQLModel.metadata.tables["runs"]
    query = select(runs.c.run_id).where(runs.c.workspace == workspace)
    return list(await house.store.read(lambda session: session.scalars(query).all()))


@asynccontextmanager
async def half_cleared(house: House, parts: int) -> AsyncIterator[Any]:
    """A clear whose process dies after some parts, yielding what it would have shown at its next step."""
    begun = await house.write(partial(begin_clearing, workspace="main"))
    since = begun.since
    for part in PARTS[:parts]:
        step = await house.write(partial(clear_some, workspace="main", part=part, since=since))
        since = step.since
    yield since


@pytest.mark.parametrize("parts", [0, 4, 9, len(PARTS)])
async def test_left_half_way(filled: House, parts: int) -> None:
    """A clear whose process died is finished by the sweep, once it has been silent for a while."""
    async with half_cleared(filled, parts):
        await finish_clearings(filled.bench)  # it may be alive still
        with pytest.raises(WorkspaceBusy):
            await filled.submitted("echo", word="hello")
        await silent(filled)

        await asyncio.gather(*(finish_left(filled.store) for _ in range(3)))

    assert KEPT == await rows(filled, "main")
    assert (await filled.submitted("echo", word="hello")).run_id
    assert 2 == await filled.head("theirs")


async def silent(house: House) -> None:
    """Let a clear have said nothing for long."""
    long_ago = now() - timedelta(minutes=1)
    being_cleared = update(Workspace).where(col(Workspace.clearing_since).is_not(None))
    await house.write(lambda session: session.execute(being_cleared.values(clearing_since=long_ago)))


async def test_held_up_and_taken_over(filled: House) -> None:
    """A clear that was held up until another took it over changes nothing any more."""
    async with half_cleared(filled, 4) as since:
        await silent(filled)
        await finish_left(filled.store)
        await fill_again(filled)

        assert None is await carry_on(filled.store, "main", since)
        await filled.write(partial(end_clearing, workspace="main", since=since))

    assert 1 == (await rows(filled, "main"))["runs"]


async def fill_again(house: House) -> None:
    await house.execute(await house.submitted("echo", word="hello"))


async def test_taken_over_while_it_was_waited_for(filled: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asked for a clear that another process took over is told so."""
    monkeypatch.setattr(clearing, "ABANDONED_AFTER", timedelta(seconds=-1))
    both = await asyncio.gather(
        *(clear_workspace(filled.store, "main", "main") for _ in range(2)), return_exceptions=True
    )

    assert [WorkspaceBusy] == [type(each) for each in both if isinstance(each, Exception)]
    assert KEPT == await rows(filled, "main")


async def test_two_at_once(filled: House) -> None:
    """Of several clears at once one does it, and the others are told that it is being done."""
    asked = (clear_workspace(filled.store, "main", "main") for _ in range(4))
    told = await asyncio.gather(*asked, return_exceptions=True)

    done = [each for each in told if isinstance(each, Mapping) and each["runs"]]
    refused = [each for each in told if isinstance(each, WorkspaceBusy)]
    empty = [each for each in told if isinstance(each, Mapping) and not any(each.values())]
    assert (1, 4) == (len(done), len(done) + len(refused) + len(empty))
    assert KEPT == await rows(filled, "main")


async def test_submitted_at_the_same_moment(filled: House) -> None:
    """A run that races with a clear is either refused or holds the clear off: it is never half deleted."""
    for _ in range(6):
        cleared, submitted = await asyncio.gather(
            clear_workspace(filled.store, "main", "main"),
            filled.submitted("echo", word="hello"),
            return_exceptions=True,
        )
        if isinstance(submitted, BaseException):
            assert isinstance(submitted, WorkspaceBusy)
            assert not isinstance(cleared, BaseException)
            continue
        row = await filled.row(submitted)  # it is there, and whole
        assert [0, 1] == [row.attempt, row.last_seq]
        await filled.execute(row)
        assert ["ACCEPTED", "STARTED", "FINISHED"] == await filled.event_names(row)


async def test_bytes(filled: House) -> None:
    """The sweep frees the bytes that only a cleared workspace had; those that others have too stay."""
    long_ago = update(Artifact).values(created_at=now() - timedelta(days=1))
    await filled.write(lambda session: session.execute(long_ago))
    kept = await filled.store.read(lambda session: session.scalars(select(Artifact.digest)).all())
    assert 3 == sum(filled.artifacts.path(digest).exists() for digest in kept)

    await clear_workspace(filled.store, "main", "main")
    await tidy_artifacts(filled.bench)

    left = await filled.store.read(lambda session: session.scalars(select(Artifact.digest)).all())
    assert 2 == len(left)
    assert set(left) == {digest for digest in kept if filled.artifacts.path(digest).exists()}
