"""Sources: who asserts how much, and one that is deleted ends while the others and the past stay."""

from typing import Any

from sqlmodel import select

from db.models import Run
from db.revisions import reserve_revision
from db.session import Session
from tests.graph.api import Api
from tests.graph.test_edge_words import METRES_TO_HIGH, REJECT, WITHDRAW, newest, reached, rejected, said
from tests.graph.test_lineage import RIVER, column, learn

SOURCES = """query ($asOf: AsOf) { sources(asOf: $asOf) {
  name stale lastRunAt lastChangedAt
  asserted { assets columns edges annotations } alone { assets columns edges annotations }
} }"""
DELETE = """mutation ($name: String!, $confirm: String! = "") { deleteSource(name: $name, confirm: $confirm) {
  __typename
  ... on SourceDeleted { name revision gone { assets columns edges } }
  ... on Refusal { code message hint }
  ... on InvalidParamsRefusal { field }
} }"""
OURS = {"ours.sql": "CREATE VIEW lake.mean AS SELECT avg(high) AS high FROM river.report;"}


async def sources(api: Api, **more: Any) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in (await api.ask(SOURCES, **more))["sources"]}


async def delete(api: Api, name: str, confirm: str = "") -> dict[str, Any]:
    return dict((await api.ask(DELETE, name=name, confirm=confirm))["deleteSource"])


async def test_what_sources_assert(api: Api) -> None:
    """Each source is told with all that it asserts, what no other does, and when a run of it last ended."""
    await learn(api, RIVER, source="river")
    await learn(api, OURS, source="lake")

    found = await sources(api)
    assert ["lake", "river"] == list(found)
    assert {"assets": "2", "columns": "2", "edges": "1", "annotations": "0"} == found["lake"]["asserted"]
    assert {"assets": "1", "columns": "1", "edges": "1", "annotations": "0"} == found["lake"]["alone"]
    assert {"assets": "2", "columns": "5", "edges": "6", "annotations": "0"} == found["river"]["alone"]
    assert [False, False] == [each["stale"] for each in found.values()]
    assert all(each["lastRunAt"] and each["lastChangedAt"] for each in found.values())
    assert ["river"] == list(await sources(api, asOf={"revision": 1}))


async def test_a_deleted_source_ends(api: Api) -> None:
    """What only a deleted source asserted is gone from a new revision on; the past and other sources stay."""
    await learn(api, RIVER, source="river")
    await learn(api, OURS, source="lake")
    before = await newest(api)
    told = await delete(api, "lake", "lake")

    assert {"assets": "1", "columns": "1", "edges": "1"} == told["gone"]
    assert before + 1 == told["revision"] == await newest(api)
    assert ["river"] == list(await sources(api))
    assert {"river.peaks.metres", "river.levels.cm"} == await reached(api, column("river.report.high"))
    walked = await reached(api, column("lake.mean.high"), at=before)
    assert {"river.report.high", "river.peaks.metres", "river.levels.cm"} == walked
    await learn(api, OURS, source="lake")
    assert walked == await reached(api, column("lake.mean.high"))


async def test_others_stay_with_what_they_use(api: Api) -> None:
    """What another source uses of a deleted one stays as that other knows it."""
    await learn(api, RIVER, source="river")
    await learn(api, OURS, source="lake")
    assert "SourceDeleted" == (await delete(api, "river", "river"))["__typename"]

    assert {"river.report.high"} == await reached(api, column("lake.mean.high"))
    kind = '{ asset(name: "river.report") { kind } }'
    assert {"kind": "external"} == (await api.ask(kind))["asset"]


async def test_without_confirmation(api: Api) -> None:
    """Without its name again nothing is deleted, and the refusal tells what would go."""
    await learn(api, RIVER, source="river")
    for confirm in ("", "River"):
        told = await delete(api, "river", confirm)
        assert ("VALIDATION_FAILED", "confirm") == (told["code"], told["field"])
        assert told["hint"].startswith("With it go 3 assets, 6 columns, ")
    assert 1 == await newest(api)


async def test_no_such_source(api: Api) -> None:
    """A source that says nothing cannot be deleted, nor can what people say."""
    await learn(api, RIVER, source="river")
    await said(api, REJECT, METRES_TO_HIGH)
    for name in ("lake", "people"):
        told = await delete(api, name, name)
        assert ("VALIDATION_FAILED", "name") == (told["code"], told["field"])


async def test_a_source_in_use(api: Api) -> None:
    """A source of which a run has not ended is busy, and so is every source while a revision is written."""
    await learn(api, RIVER, source="river")
    texts = [{"name": "a.sql", "sql": "SELECT 1"}]
    waiting = await api.submit({"lineage": {"texts": texts, "source": "river", "dialect": "DUCKDB"}})
    told = await delete(api, "river", "river")
    assert "BUSY" == told["code"]
    assert waiting["runId"] in told["message"]
    await api.execute(waiting["runId"])

    def reserve(session: Session) -> None:
        run = session.scalars(select(Run.pk)).first()
        assert run is not None
        reserve_revision(session, "main", run, 9)

    await learn(api, RIVER, source="river")
    await api.house.store.write(reserve)
    assert "BUSY" == (await delete(api, "river", "river"))["code"]


async def test_a_rejection_outlives_its_source(api: Api) -> None:
    """What a deleted source said of a rejected edge ends too: withdrawing the rejection brings nothing back."""
    await learn(api, RIVER, source="river")
    await said(api, REJECT, METRES_TO_HIGH)
    await learn(api, {"a.sql": "CREATE VIEW lake.a AS SELECT high FROM river.report;"}, source="lake")
    await learn(api, {"a.sql": "CREATE VIEW lake.b AS SELECT metres FROM river.peaks;"}, source="other")
    assert ["river"] == (await rejected(api))[0]["sources"]
    await delete(api, "river", "river")
    assert [] == (await rejected(api))[0]["sources"]
    await said(api, WITHDRAW, METRES_TO_HIGH)

    assert set() == await reached(api, column("river.report.high"))
    assert [] == await rejected(api)
