"""A person's word on edges: asserted ones are walked, rejected ones are not, and runs leave both alone."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from sqlmodel import select

from db.models import Run
from db.revisions import reserve_revision
from db.session import Session
from tests.graph.api import Api, recording
from tests.graph.test_differences import diff, nodes
from tests.graph.test_lineage import RIVER, column, learn

ANSWER = """__typename
  ... on SpokenEdges { revision edges {
    source { namespace asset column } target { asset column } kind subtype masking
  } }
  ... on Refusal { code message hint retryable }
  ... on InvalidParamsRefusal { field }"""
ASSERT = f"""mutation ($edge: EdgeInput!, $reason: String! = "Seen in the plant.", $w: String! = "main") {{
  assertEdge(edge: $edge, reason: $reason, workspace: $w) {{ {ANSWER} }} }}"""
REJECT = f"""mutation ($edge: EdgeInput!, $reason: String! = "Nobody reads it.", $w: String! = "main") {{
  rejectEdge(edge: $edge, reason: $reason, workspace: $w) {{ {ANSWER} }} }}"""
WITHDRAW = f"""mutation ($edge: EdgeInput!) {{ withdrawEdgeWord(edge: $edge) {{ {ANSWER} }} }}"""
REJECTED = """query ($first: Int! = 50, $after: String, $asOf: AsOf) {
  rejectedEdges(first: $first, after: $after, asOf: $asOf) {
    pageInfo { hasNextPage endCursor }
    edges { node {
      author reason since sources
      edge { source { asset column } target { asset column } kind subtype masking }
    } }
  }
}"""
WALK = """query ($of: LineageRoot!, $asOf: AsOf) { lineage(of: $of, kinds: [DIRECT], asOf: $asOf) {
  nodes { asset { name } column { name } }
  edges { subtype confidence sources evidence { origin source author reason expression } }
} }"""
TANKS = {**RIVER, "tanks.sql": "CREATE TABLE plant.tanks (id INT, litres INT);"}
HIGH, METRES, LITRES = column("river.report.high"), column("river.peaks.metres"), column("plant.tanks.litres")
METRES_TO_HIGH = {"source": METRES, "target": HIGH}
LITRES_TO_CM = {"source": LITRES, "target": column("river.levels.cm")}


async def said(api: Api, mutation: str, edge: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    (told,) = (await api.ask(mutation, edge=edge, **more)).values()
    return dict(told)


async def reached(api: Api, of: Mapping[str, Any], at: int | None = None) -> set[str]:
    """The columns from which values flow into one, without itself."""
    then = {} if at is None else {"asOf": {"revision": at}}
    found = (await api.ask(WALK, of=of, **then))["lineage"]["nodes"]
    return {f"{node['asset']['name']}.{node['column']['name']}" for node in found[1:]}


async def rejected(api: Api, **more: Any) -> list[dict[str, Any]]:
    return [edge["node"] for edge in (await api.ask(REJECTED, **more))["rejectedEdges"]["edges"]]


async def newest(api: Api) -> int:
    return int((await api.ask("{ latestRevision { number } }"))["latestRevision"]["number"])


async def test_an_edge_of_a_person_is_walked(api: Api) -> None:
    """What a person asserts is walked like any edge, with who says so and why, and outlives the next run."""
    await learn(api, TANKS)
    told = await said(api, ASSERT, LITRES_TO_CM)
    await learn(api, {**TANKS, "more.sql": "CREATE VIEW river.more AS SELECT cm FROM river.levels;"})

    (edge,) = told["edges"]
    assert ("headwater://main", "plant.tanks", "litres") == tuple(edge["source"].values())
    assert ("DIRECT", "IDENTITY", False) == (edge["kind"], edge["subtype"], edge["masking"])
    assert {"river.peaks.metres", "river.levels.cm", "plant.tanks.litres"} == await reached(api, HIGH)
    (walked,) = (await api.ask(WALK, of=column("river.levels.cm")))["lineage"]["edges"]
    proof = {"origin": "STATED", "source": "people", "author": "anybody", "reason": "Seen in the plant."}
    assert [{**proof, "expression": "Seen in the plant."}] == walked["evidence"]
    assert (["people"], 0.95) == (walked["sources"], walked["confidence"])


async def test_an_end_that_its_source_gives_up(api: Api) -> None:
    """An asset that only a person's edge still needs stays, as something external, until it is withdrawn."""
    await learn(api, TANKS)
    await said(api, ASSERT, LITRES_TO_CM)
    await learn(api, RIVER)

    assert "plant.tanks.litres" in await reached(api, HIGH)
    kind = '{ asset(name: "plant.tanks") { kind sources { name } } }'
    assert {"kind": "external", "sources": [{"name": "people"}]} == (await api.ask(kind))["asset"]
    withdrawn = await said(api, WITHDRAW, LITRES_TO_CM)
    assert ["plant.tanks"] == [edge["source"]["asset"] for edge in withdrawn["edges"]]
    assert "NOT_FOUND" == await api.code(kind)
    assert {"river.peaks.metres", "river.levels.cm"} == await reached(api, HIGH)


async def test_a_shared_end_stays(api: Api) -> None:
    """Two edges with one reason and one end: withdrawing one leaves the other whole."""
    await learn(api, TANKS)
    other = {"source": LITRES, "target": column("river.levels.station")}
    await said(api, ASSERT, LITRES_TO_CM)
    await said(api, ASSERT, other)
    await said(api, WITHDRAW, other)
    await learn(api, RIVER)

    (walked,) = (await api.ask(WALK, of=column("river.levels.cm")))["lineage"]["edges"]
    assert ["Seen in the plant."] == [proof["reason"] for proof in walked["evidence"]]


async def test_a_rejected_edge_is_not_walked(api: Api) -> None:
    """A rejected edge ends at its revision, for later runs too; the past and the list still know it."""
    await learn(api, RIVER)
    before = await newest(api)
    told = await said(api, REJECT, METRES_TO_HIGH)
    await learn(api, {**RIVER, "report.sql": RIVER["report.sql"].replace("SELECT", "SELECT /* now */")})

    assert before + 1 == told["revision"]
    assert set() == await reached(api, HIGH)
    assert {"river.peaks.metres", "river.levels.cm"} == await reached(api, HIGH, at=before)
    (found,) = await rejected(api)
    assert {
        "author": "anybody",
        "reason": "Nobody reads it.",
        "since": before + 1,
        "sources": ["default"],
        "edge": {
            "source": {"asset": "river.peaks", "column": "metres"},
            "target": {"asset": "river.report", "column": "high"},
            "kind": "DIRECT",
            "subtype": "IDENTITY",
            "masking": False,
        },
    } == found
    assert [] == await rejected(api, asOf={"revision": before})
    removed = nodes(await diff(api, before, before + 1))
    assert ["EDGE"] == [node["of"] for node in removed]
    assert ["REMOVED"] == [node["change"] for node in removed]


async def test_a_withdrawn_rejection_shows_what_sources_say_by_now(api: Api) -> None:
    """Behind a withdrawn rejection stands what a later run found, and nothing that it found no more."""
    await learn(api, RIVER)
    station = {"source": column("river.peaks.station"), "target": column("river.report.station")}
    await said(api, REJECT, METRES_TO_HIGH)
    await said(api, REJECT, station)
    await learn(api, {**RIVER, "report.sql": RIVER["report.sql"].replace("p.metres", "p.metres::DOUBLE * 1")})
    assert [[], ["default"]] == sorted(each["sources"] for each in await rejected(api))
    await said(api, WITHDRAW, METRES_TO_HIGH)
    await said(api, WITHDRAW, station)

    (edge,) = (await api.ask(WALK, of=HIGH))["lineage"]["edges"][:1]
    assert ("TRANSFORMATION", ["default"]) == (edge["subtype"], edge["sources"])
    assert "river.peaks.station" in await reached(api, column("river.report.station"))
    assert [] == await rejected(api)


async def test_nothing_is_said_twice(api: Api) -> None:
    """The same word again makes no revision and keeps who said it first; withdrawing nothing makes none."""
    await learn(api, TANKS)
    first = await newest(api)
    for mutation, edge in ((ASSERT, LITRES_TO_CM), (REJECT, METRES_TO_HIGH)):
        await said(api, mutation, edge)
        await said(api, mutation, edge, reason="Another one.")
    assert first + 2 == await newest(api)
    assert ["Nobody reads it."] == [each["reason"] for each in await rejected(api)]
    assert [1, 0] == [len((await said(api, WITHDRAW, LITRES_TO_CM))["edges"]) for _ in range(2)]
    assert first + 3 == await newest(api)


STATION = {"source": column("river.levels.station"), "target": HIGH}
WHOLE = {"asset": {"name": "plant.tanks"}}
Case = tuple[str, Mapping[str, Any], Mapping[str, str], str, str]
WRONG: tuple[Case, ...] = (
    (ASSERT, STATION, {"reason": " "}, "reason", "must have 1 to 1,000"),
    (REJECT, STATION, {"reason": "x" * 1_001}, "reason", "must have 1 to 1,000"),
    (ASSERT, {"source": HIGH, "target": HIGH}, {}, "edge.target", "is where the edge begins"),
    (ASSERT, {**STATION, "subtype": "DEPENDENCY"}, {}, "edge.subtype", "is for assets as wholes"),
    (ASSERT, {**STATION, "subtype": "JOIN", "masking": True}, {}, "edge.masking", "is of values"),
    (
        ASSERT,
        {"source": {"asset": {"name": "plant.tanks"}}, "target": HIGH},
        {},
        "edge.subtype",
        "has to be said",
    ),
)


@pytest.mark.parametrize("case", WRONG)
async def test_words_that_are_refused(sqlite_api: Api, case: Case) -> None:
    """What cannot hold is refused by its field."""
    mutation, edge, more, field, words = case
    await learn(sqlite_api, TANKS)
    told = await said(sqlite_api, mutation, edge, **more)
    assert ("VALIDATION_FAILED", field) == (told["code"], told["field"])
    assert words in told["message"]


async def test_words_that_contradict(api: Api) -> None:
    """A rejected edge is not asserted and an asserted one not rejected before that word is withdrawn."""
    await learn(api, TANKS)
    await said(api, REJECT, METRES_TO_HIGH)
    await said(api, ASSERT, LITRES_TO_CM)

    for mutation, edge in ((ASSERT, METRES_TO_HIGH), (REJECT, LITRES_TO_CM)):
        told = await said(api, mutation, edge)
        assert ("VALIDATION_FAILED", "edge") == (told["code"], told["field"])
        assert "withdrawEdgeWord" in told["hint"]


async def test_what_is_not_there(api: Api) -> None:
    """Edges that nobody asserts, and ends that there are not or not here, are refused by their field."""
    await learn(api, TANKS)
    nowhere = column("river.levels.nothing")
    wrong: tuple[tuple[str, Mapping[str, Any], str, str], ...] = (
        (REJECT, STATION, "main", "edge"),
        (REJECT, {"source": nowhere, "target": HIGH}, "main", "edge.source"),
        (ASSERT, {"source": HIGH, "target": nowhere}, "main", "edge.target"),
        (ASSERT, LITRES_TO_CM, "nowhere", "edge.source"),
    )
    for mutation, edge, workspace, field in wrong:
        told = await said(api, mutation, edge, w=workspace)
        assert ("VALIDATION_FAILED", field) == (told["code"], told["field"])


async def test_words_wait_for_runs(api: Api) -> None:
    """While a run writes a revision nothing can be said of edges, which is told as such."""
    await learn(api, TANKS)
    await said(api, ASSERT, {"source": LITRES, "target": column("river.levels.station")})

    def reserve(session: Session) -> None:
        run = session.scalars(select(Run.pk)).first()
        assert run is not None
        reserve_revision(session, "main", run, 9)

    await api.house.store.write(reserve)
    asserted = {"source": LITRES, "target": column("river.levels.station")}
    for mutation, edge in ((ASSERT, LITRES_TO_CM), (REJECT, METRES_TO_HIGH), (WITHDRAW, asserted)):
        told = await said(api, mutation, edge)
        assert ("WorkspaceBusyRefusal", "BUSY", True) == (told["__typename"], told["code"], told["retryable"])
    assert [] == await rejected(api)


async def test_many_speak_at_once(api: Api) -> None:
    """What several say at the same time all holds, each in a revision of its own."""
    await learn(api, TANKS)
    before = await newest(api)
    ends = [column(f"river.{name}") for name in ("levels.cm", "levels.station", "report.station")]
    told = await asyncio.gather(
        *(said(api, ASSERT, {"source": LITRES, "target": end}) for end in ends),
        said(api, REJECT, METRES_TO_HIGH),
    )

    assert {"SpokenEdges"} == {each["__typename"] for each in told}
    assert before + 4 == await newest(api)
    for end in ends:
        assert "plant.tanks.litres" in await reached(api, end)
    assert set() == await reached(api, HIGH)


async def test_pages_of_rejected_edges(api: Api) -> None:
    """Rejected edges come page by page, each once, in as many statements for one as for two."""
    await learn(api, RIVER)
    await said(api, REJECT, METRES_TO_HIGH)
    station = {"source": column("river.peaks.station"), "target": column("river.report.station")}
    await said(api, REJECT, station)

    page = (await api.ask(REJECTED, first=1))["rejectedEdges"]
    rest = await rejected(api, after=page["pageInfo"]["endCursor"])
    assert page["pageInfo"]["hasNextPage"]
    found = [page["edges"][0]["node"], *rest]
    assert ["high", "station"] == sorted(each["edge"]["target"]["column"] for each in found)
    counts = []
    for first in (1, 2):
        with recording() as sent:
            await rejected(api, first=first)
        counts.append(len(sent.texts))
    assert counts[0] == counts[1]
    assert "VALIDATION_FAILED" == await api.code(REJECTED, after="nonsense")
