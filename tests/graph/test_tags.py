"""Tags that flow along lineage: rule by rule, with the way of each, and what is refused."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from db.tag_policies import MAX_POLICIES
from tests.graph.api import Api, recording
from tests.graph.test_annotations import said
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
