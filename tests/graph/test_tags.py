"""Tags that flow along lineage: rule by rule, with the way of each, and what is refused."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from db.models import Run
from db.revisions import reserve_revision
from db.session import Session
from graph import loaders, tags
from tests.graph.api import Api, recording
from tests.graph.test_annotations import load, said
from tests.graph.test_lineage import learn

SHOP = {
    "people.sql": "CREATE TABLE raw.people (id INT, email TEXT, born DATE, note TEXT);",
    "same.sql": "CREATE VIEW s.same AS SELECT id, email AS mail, born FROM raw.people;",
    "derived.sql": "CREATE VIEW s.derived AS SELECT upper(mail) AS big, id FROM s.same WHERE born IS NOT NULL;",
    "masked.sql": "CREATE VIEW s.masked AS SELECT md5(mail) AS mail FROM s.same;",
    "counted.sql": "CREATE VIEW s.counted AS SELECT id, max(mail) AS last FROM s.same GROUP BY id;",
    "behind.sql": "CREATE VIEW s.behind AS SELECT big, id FROM s.derived;",
}
CIRCLE = {
    "one.sql": "CREATE TABLE a.one (x INT); CREATE TABLE a.two (x INT);",
    "round.sql": "INSERT INTO a.two SELECT x FROM a.one; INSERT INTO a.one SELECT x FROM a.two;",
}
SET = """mutation Set($policy: TagPolicyInput!, $workspace: String! = "main") {
  setTagPolicy(policy: $policy, workspace: $workspace) {
    __typename
    ... on TagPolicy { tag flows stoppedByMasking stoppedByAggregation includeInfluence author reason }
    ... on Refusal { code message }
  }
}"""
REMOVE = """mutation Remove($tag: String!) { removeTagPolicy(tag: $tag) {
  __typename ... on TagPolicyRemoved { tag } ... on Refusal { code message }
} }"""
POLICIES = "query ($asOf: AsOf) { tagPolicies(asOf: $asOf) { tag flows includeInfluence } }"
REACH = """query Reach($tag: String!, $first: Int! = 100, $after: String, $asOf: AsOf) {
  tagReach(tag: $tag, first: $first, after: $after, asOf: $asOf) {
    revision setCount totalCount complete policy { tag }
    nodes {
      edges { cursor node {
        marking distance asset { name } column { name } origin { asset { name } column { name } }
        path { source target kind subtype masking }
      } }
      pageInfo { hasNextPage endCursor }
    }
  }
}"""
COLUMNS = """query Columns($asset: String!, $asOf: AsOf) { asset(name: $asset, asOf: $asOf) { columns {
  name tags flowingTags {
    tag marking distance policy { tag } origin { asset { name } column { name } }
    path { source target kind subtype evidence { expression } }
  }
} } }"""
EMAIL = {"column": {"asset": "raw.people", "column": "email"}}
PEOPLE = {"asset": {"name": "raw.people"}}


async def let_flow(api: Api, tag: str, **policy: Any) -> dict[str, Any]:
    told: dict[str, Any] = (await api.ask(SET, policy={"tag": tag, **policy}))["setTagPolicy"]
    return told


def name_of(node: Mapping[str, Any]) -> str:
    return ".".join(filter(None, (node["asset"]["name"], (node["column"] or {}).get("name"))))


async def reach(api: Api, tag: str, **variables: Any) -> dict[str, tuple[str, int]]:
    """Marking and distance of all that a tag reaches."""
    found = (await api.ask(REACH, tag=tag, **variables))["tagReach"]
    assert found["complete"]
    nodes = [edge["node"] for edge in found["nodes"]["edges"]]
    assert len(nodes) == found["totalCount"]
    return {name_of(node): (node["marking"], node["distance"]) for node in nodes}


async def flowing(api: Api, asset: str, **variables: Any) -> dict[str, dict[str, str]]:
    """By column the markings of the tags that flow into it, by tag."""
    columns = (await api.ask(COLUMNS, asset=asset, **variables))["asset"]["columns"]
    return {each["name"]: {tag["tag"]: tag["marking"] for tag in each["flowingTags"]} for each in columns}


async def head(api: Api) -> int:
    return int((await api.ask("{ latestRevision { number } }"))["latestRevision"]["number"])


async def test_as_itself_derived_and_stopped(api: Api) -> None:
    """A tag is the same along identities, derived by calculations, and ends at masks and aggregations."""
    await learn(api, SHOP)
    await said(api, EMAIL, "TAG", "pii")
    await let_flow(api, "PII")

    assert {
        "raw.people.email": ("SET", 0),
        "s.same.mail": ("SAME", 1),
        "s.derived.big": ("DERIVED", 2),
        "s.behind.big": ("DERIVED", 3),
    } == await reach(api, "Pii")
    assert {"big": {"PII": "DERIVED"}, "id": {}} == await flowing(api, "s.behind")


async def in_memory(api: Api) -> None:
    await asyncio.wrap_future(api.app.state.graphs.ask_for("main"))


async def test_the_rest_of_a_policy(api: Api) -> None:
    """Masks and aggregations let a tag through where its policy says so, and influence is told as such."""
    await learn(api, SHOP)
    await said(api, EMAIL, "TAG", "pii")
    await let_flow(api, "pii", stoppedByMasking=False, stoppedByAggregation=False)
    through = await reach(api, "pii")
    await said(api, {"column": {"asset": "raw.people", "column": "born"}}, "TAG", "dated")
    await let_flow(api, "dated", includeInfluence=True)

    assert ("DERIVED", 2) == through["s.masked.mail"] == through["s.counted.last"]
    assert {"s.derived": ("INFLUENCED", 2), "s.same.born": ("SAME", 1)}.items() <= (
        await reach(api, "dated")
    ).items()
    assert {
        "big": {"dated": "INFLUENCED", "pii": "DERIVED"},
        "id": {"dated": "INFLUENCED"},
    } == await flowing(api, "s.derived")


async def test_without_a_policy_nothing_flows(api: Api) -> None:
    """A tag flows only where a policy says so; without one, or with one against it, it is where it is set."""
    await learn(api, SHOP)
    await said(api, EMAIL, "TAG", "pii")
    alone = {"raw.people.email": ("SET", 0)}
    assert alone == await reach(api, "pii")
    assert {"email": {}} == {"email": (await flowing(api, "raw.people"))["email"]}

    await let_flow(api, "pii", flows=False)
    assert alone == await reach(api, "pii")
    assert {} == await reach(api, "nobody said so")


async def test_paths_tell_why(api: Api) -> None:
    """Each flowing tag is told with where it is set and the edges from there, with their evidence."""
    await learn(api, SHOP)
    await said(api, EMAIL, "TAG", "pii")
    await let_flow(api, "PII")
    (big, _) = (await api.ask(COLUMNS, asset="s.behind"))["asset"]["columns"]
    (tag,) = big["flowingTags"]

    assert ("PII", "PII", 3) == (tag["tag"], tag["policy"]["tag"], tag["distance"])
    assert {"asset": {"name": "raw.people"}, "column": {"name": "email"}} == tag["origin"]
    assert ["IDENTITY", "TRANSFORMATION", "IDENTITY"] == [edge["subtype"] for edge in tag["path"]]
    assert "upper(mail)" in tag["path"][1]["evidence"][0]["expression"]
    assert [edge["target"] for edge in tag["path"][:-1]] == [edge["source"] for edge in tag["path"][1:]]


async def test_set_on_an_asset(api: Api) -> None:
    """A tag on an asset is one on each of its columns, those without edges too, but for clean ones."""
    await learn(api, SHOP)
    await said(api, PEOPLE, "TAG", "pii")
    await let_flow(api, "pii")
    born = {"column": {"asset": "raw.people", "column": "born"}}
    before = await flowing(api, "raw.people")
    told = await said(api, born, "CLEAN_OF", "PII", reason="Only the year is kept.")

    assert {name: {"pii": "SET"} for name in ("id", "email", "born", "note")} == before
    assert "Spoken" == told["__typename"]
    assert before | {"born": {}} == await flowing(api, "raw.people")
    assert {"id": {"pii": "SAME"}, "mail": {"pii": "SAME"}, "born": {}} == await flowing(api, "s.same")
    found = (await api.ask(COLUMNS, asset="s.same"))["asset"]["columns"][0]["flowingTags"][0]["origin"]
    assert {"asset": {"name": "raw.people"}, "column": None} == found


async def test_what_is_clean_ends_a_tag(api: Api) -> None:
    """A column that people say is clean has nothing of the tag and hands nothing on, until it is taken back."""
    await learn(api, SHOP)
    await said(api, EMAIL, "TAG", "pii")
    await let_flow(api, "pii")
    mail = {"column": {"asset": "s.same", "column": "mail"}}
    refused = await said(api, mail, "CLEAN_OF", "pii", reason=" ")
    before = await reach(api, "pii")
    await said(api, mail, "CLEAN_OF", "PII", reason="These are test data.")

    assert ("VALIDATION_FAILED", 4) == (refused["code"], len(before))
    assert {"raw.people.email": ("SET", 0)} == await reach(api, "pii")
    await said(api, mail, "CLEAN_OF")
    assert before == await reach(api, "pii")


async def test_removal_flows_too(api: Api) -> None:
    """When a tag, an edge or a policy goes, so does at once what followed from it; the past knows it still."""
    await learn(api, SHOP)
    await said(api, EMAIL, "TAG", "pii")
    await let_flow(api, "pii", reason="The law.")
    whole, then = await reach(api, "pii"), await head(api)
    assert 4 == len(whole)

    await learn(api, {name: sql for name, sql in SHOP.items() if name != "behind.sql"})
    assert whole.keys() - {"s.behind.big"} == (await reach(api, "pii")).keys()
    removed = (await api.ask(REMOVE, tag="PII"))["removeTagPolicy"]
    assert {"__typename": "TagPolicyRemoved", "tag": "pii"} == removed
    assert {"big": {}, "id": {}} == await flowing(api, "s.derived")
    await said(api, EMAIL, "TAG")
    assert {} == await reach(api, "pii")
    for _ in range(2):
        assert whole == await reach(api, "pii", asOf={"revision": then})
        assert {"big": {"pii": "DERIVED"}, "id": {}} == await flowing(api, "s.behind", asOf={"revision": then})
        await in_memory(api)


async def test_circles_end(api: Api) -> None:
    """Where values go round, each column has the tag once, and that where it is set stays there."""
    await learn(api, CIRCLE)
    await said(api, {"column": {"asset": "a.one", "column": "x"}}, "TAG", "round")
    await let_flow(api, "round")
    assert {"a.one.x": ("SET", 0), "a.two.x": ("SAME", 1)} == await reach(api, "round")


async def test_a_column_that_is_gone(api: Api) -> None:
    """What was said of a column that is there no more says nothing, and holds again when the column returns."""
    await learn(api, SHOP)
    await said(api, EMAIL, "TAG", "pii")
    await let_flow(api, "pii")
    await learn(api, {"people.sql": "CREATE TABLE raw.people (id INT);"})
    assert {} == await reach(api, "pii")
    assert 0 == (await api.ask(REACH, tag="pii"))["tagReach"]["setCount"]

    await learn(api, SHOP)
    assert 4 == len(await reach(api, "pii"))


async def test_policies(api: Api) -> None:
    """Policies are listed by tag as of each revision, take each other's place, one for all spellings."""
    first = await let_flow(api, " PII ", reason="The law.")
    assert {
        "__typename": "TagPolicy",
        "tag": "PII",
        "flows": True,
        "stoppedByMasking": True,
        "stoppedByAggregation": True,
        "includeInfluence": False,
        "author": "anybody",
        "reason": "The law.",
    } == first
    then = await head(api)
    assert first == await let_flow(api, "PII", reason="Again.")
    assert then == await head(api)
    await let_flow(api, "gold", flows=False)
    await let_flow(api, "pii", includeInfluence=True)

    listed = (await api.ask(POLICIES))["tagPolicies"]
    assert [("gold", False, False), ("pii", True, True)] == [tuple(each.values()) for each in listed]
    before = (await api.ask(POLICIES, asOf={"revision": then}))["tagPolicies"]
    assert [("PII", True, False)] == [tuple(each.values()) for each in before]


async def test_two_speak_at_once(api: Api) -> None:
    """Policies made at the same time are one in the end, and so are words: one removal takes all back."""
    await learn(api, SHOP)
    told = await asyncio.gather(*(let_flow(api, "pii", includeInfluence=bool(at % 2)) for at in range(6)))
    await asyncio.gather(*(said(api, EMAIL, "TAG", "pii") for _ in range(6)))

    assert {"TagPolicy"} == {each["__typename"] for each in told}
    assert 1 == len((await api.ask(POLICIES))["tagPolicies"])
    await said(api, EMAIL, "TAG")
    await api.ask(REMOVE, tag="pii")
    assert [] == (await api.ask(POLICIES))["tagPolicies"]
    assert {} == await reach(api, "pii")


@pytest.mark.parametrize("tag", ["", " ", "a" * 201, "a\nb"])
async def test_tags_that_are_none(sqlite_api: Api, tag: str) -> None:
    """A tag that is empty, too long or no text is refused wherever one is named."""
    assert "VALIDATION_FAILED" == (await let_flow(sqlite_api, tag))["code"]
    assert "VALIDATION_FAILED" == (await sqlite_api.ask(REMOVE, tag=tag))["removeTagPolicy"]["code"]
    assert "VALIDATION_FAILED" == await sqlite_api.code(REACH, tag=tag)


async def test_out_of_time(sqlite_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where time is up, a column tells an error instead of some tags, and a reach that it is not all."""
    await learn(sqlite_api, SHOP)
    await said(sqlite_api, EMAIL, "TAG", "pii")
    await let_flow(sqlite_api, "pii")
    for module in (loaders, tags):
        monkeypatch.setattr(module, "FLOW_SECONDS", -1.0)
    (error, *_) = await sqlite_api.errors(COLUMNS, asset="s.same")
    found = (await sqlite_api.ask(REACH, tag="pii"))["tagReach"]

    assert "TIMEOUT" == error["extensions"]["code"]
    assert (False, 1) == (found["complete"], found["totalCount"])


async def test_policies_wait_for_runs(api: Api) -> None:
    """While a run writes a revision no policy is made or removed, which is told as such."""
    await learn(api, SHOP)
    await let_flow(api, "pii")

    def reserve(session: Session) -> None:
        run = session.scalars(select(Run.pk)).first()
        assert run is not None
        reserve_revision(session, "main", run, 9)

    await api.house.store.write(reserve)
    assert "BUSY" == (await let_flow(api, "pii", flows=False))["code"]
    assert "BUSY" == (await api.ask(REMOVE, tag="pii"))["removeTagPolicy"]["code"]
    assert [True] == [each["flows"] for each in (await api.ask(POLICIES))["tagPolicies"]]


async def test_pages_of_a_reach(api: Api) -> None:
    """Pages make up the whole, nearest first; each says truly what is behind it; other cursors are refused."""
    await learn(api, SHOP)
    await said(api, PEOPLE, "TAG", "pii")
    await let_flow(api, "pii", includeInfluence=True)
    whole = (await api.ask(REACH, tag="pii"))["tagReach"]
    edges: list[Any] = []
    pages, after = 0, None
    while pages == 0 or after is not None:
        page = (await api.ask(REACH, tag="pii", first=3, after=after))["tagReach"]["nodes"]
        pages, edges = pages + 1, edges + page["edges"]
        after = page["pageInfo"]["endCursor"] if page["pageInfo"]["hasNextPage"] else None

    assert whole["nodes"]["edges"] == edges
    assert -(-whole["totalCount"] // 3) == pages
    distances = [edge["node"]["distance"] for edge in edges]
    assert sorted(distances) == distances
    for bad in ("x", "WzEsIjEiXQ==", "WzEsIi0xIiwieCIsInkiXQ==", "WzEsIjEiLCJ4IiwieSJd"):
        assert "VALIDATION_FAILED" == await api.code(REACH, tag="pii", after=bad)
    assert "VALIDATION_FAILED" == await api.code(REACH, tag="pii", first=0)


async def test_statements_do_not_grow(api: Api) -> None:
    """However many columns, assets and policies there are, what flows takes as many statements."""
    await learn(api, SHOP)
    await said(api, PEOPLE, "TAG", "pii", "gold")
    await let_flow(api, "pii")
    await in_memory(api)
    page = """query Page($first: Int!) { assets(first: $first) { edges { node { columns { name flowingTags {
      tag marking origin { asset { name } column { name } } path { source } } } } } } }"""
    reached = """query ($first: Int!) { tagReach(tag: "pii", first: $first) { nodes { edges { node {
      asset { name } column { name } origin { asset { name } column { name } } path { source } } } } } }"""
    for query in (page, reached):
        counts = []
        for first in (2, 100):
            await api.ask(query, first=first)
            with recording() as sent:
                await api.ask(query, first=first)
            counts.append(sent.count)
        assert counts[0] == counts[1]
    with recording() as before:
        await api.ask(page, first=100)
    await let_flow(api, "gold", includeInfluence=True)
    await in_memory(api)
    await api.ask(page, first=100)
    with recording() as after:
        await api.ask(page, first=100)
    assert before.count == after.count


async def test_another_workspace(api: Api) -> None:
    """Policies and tags of one workspace are none of another's."""
    await api.ask('mutation { createWorkspace(name: "lab") { __typename } }')
    await learn(api, SHOP)
    await said(api, EMAIL, "TAG", "pii")
    made = await api.ask(SET, policy={"tag": "pii"}, workspace="lab")

    assert "TagPolicy" == made["setTagPolicy"]["__typename"]
    assert {} == (await flowing(api, "s.same"))["mail"]
    asked = 'query { tagReach(tag: "pii", workspace: "lab") { totalCount policy { tag } } }'
    assert {"totalCount": 0, "policy": {"tag": "pii"}} == (await api.ask(asked))["tagReach"]


async def test_ten_thousand_tags(sqlite_api: Api, tmp_path: Path) -> None:
    """Of as many tags as somebody likes to give, those flow that have a policy, in whichever spelling."""
    await load(sqlite_api, tmp_path, tags=("PII", *(f"tag {at}" for at in range(10_000))), owner="Ann")
    of = {"column": {"asset": "shop.mart.orders", "column": "id"}}
    await said(sqlite_api, of, "TAG", "pii")
    await let_flow(sqlite_api, "Pii")

    assert {"shop.mart.orders.id": ("SET", 0)} == await reach(sqlite_api, "pii")
    found = (await sqlite_api.ask(COLUMNS, asset="shop.mart.orders"))["asset"]["columns"][0]
    assert 10_002 == len(found["tags"])
    assert ["Pii"] == [each["tag"] for each in found["flowingTags"]]
