"""What differs between two revisions, as clients ask for it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from db.models import Workspace
from tests.graph.api import Api, recording
from tests.graph.test_lineage import LEVELS, PEAKS, RIVER, learn
from tests.graph.test_rights import BOSS, SET, Asker, house_of

DIFF = """
query Diff(
  $from: AsOf!, $to: AsOf, $filter: AssetFilter, $severity: [ChangeSeverity!], $first: Int! = 50, $after: String
  $workspace: String! = "main", $nearest: Int! = 5
) {
  lineageDiff(
    from: $from, to: $to, filter: $filter, severity: $severity, first: $first, after: $after
    workspace: $workspace, nearest: $nearest
  ) {
    fromRevision toRevision totalCount counts { severity change of count }
    changes {
      pageInfo { hasNextPage endCursor }
      edges {
        cursor
        node {
          change of severity reason explanation
          before { place { asset column } source { asset column } value }
          after { place { asset column } source { asset column } value }
          downstream { assetCount columnCount complete nearest { place { asset column } distance } }
        }
      }
    }
  }
}"""
HISTORY = """
query History($name: String!, $first: Int! = 20, $after: String, $asOf: AsOf) {
  asset(name: $name, asOf: $asOf) {
    history(first: $first, after: $after) {
      pageInfo { hasNextPage endCursor }
      edges { node { revision committedAt name changeCount changes { reason before { value } } } }
    }
  }
}"""


async def diff(api: Any, start: int, stop: int | None = None, **more: Any) -> dict[str, Any]:
    """The difference of two revisions."""
    to = {} if stop is None else {"to": {"revision": stop}}
    told: dict[str, Any] = (await api.ask(DIFF, **{"from": {"revision": start}}, **to, **more))["lineageDiff"]
    return told


def nodes(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in told["changes"]["edges"]]


def reasons(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What changed, each by its reason and name."""
    found = []
    for node in nodes(told):
        place = (node["after"] or node["before"])["place"]
        found.append((node["reason"], ".".join(filter(None, place.values()))))
    return found


async def test_reformatting_is_no_difference(api: Api) -> None:
    """A revision that only reformats a statement differs in nothing from the one before it."""
    await learn(api, RIVER)
    await learn(api, RIVER | {"peaks.sql": "-- why\n" + PEAKS.replace("SELECT", "select\n  ")})

    told = await diff(api, 1)

    assert (1, 2, 0, [], []) == (
        told["fromRevision"],
        told["toRevision"],
        told["totalCount"],
        told["counts"],
        nodes(told),
    )
    assert 0 == (await diff(api, 2, 2))["totalCount"]


async def test_changes_with_those_who_feel_them(api: Api) -> None:
    """Each change has its sort, its reason, both sides and who feels it: of what went, as it was before."""
    await learn(api, RIVER)
    changed = PEAKS.replace("max(cm) / 100.0", "max(cm) / 10.0")
    await learn(api, RIVER | {"peaks.sql": changed, "levels.sql": "CREATE TABLE river.levels (cm INT, x INT);"})

    told = await diff(api, 1, 2)

    assert [
        ("COLUMN_REMOVED", "river.levels.station"),
        ("EXPRESSION_CHANGED", "river.peaks.metres"),
        ("COLUMN_ADDED", "river.levels.x"),
    ] == [each for each in reasons(told) if "SOURCE" not in each[0] and "INFLUENCE" not in each[0]]
    (removed,) = [node for node in nodes(told) if node["reason"] == "COLUMN_REMOVED"]
    assert ("REMOVED", "COLUMN", "BREAKING", None) == tuple(
        removed[name] for name in ("change", "of", "severity", "after")
    )
    assert {"place": {"asset": "river.peaks", "column": None}, "distance": 1} in removed["downstream"][
        "nearest"
    ]
    assert removed["downstream"]["complete"]
    (spoken,) = [node for node in nodes(told) if node["reason"] == "EXPRESSION_CHANGED"]
    assert "max(cm) / 100.0 AS metres" == spoken["before"]["value"]
    assert "max(cm) / 10.0 AS metres" == spoken["after"]["value"]
    assert [{"place": {"asset": "river.report", "column": "high"}, "distance": 1}] == (
        spoken["downstream"]["nearest"]
    )
    assert (1, 1) == tuple(spoken["downstream"][name] for name in ("assetCount", "columnCount"))
    (added,) = [node for node in nodes(told) if node["reason"] == "COLUMN_ADDED"]
    assert None is added["downstream"] is added["before"]


async def test_pages(api: Api) -> None:
    """Pages hold each change once, also while the head moves on; statements do not grow with changes."""
    await learn(api, RIVER)
    many = "".join(f"CREATE VIEW river.v{at} AS SELECT cm FROM river.levels;" for at in range(30))
    await learn(api, RIVER | {"many.sql": many})
    with recording() as few:
        await diff(api, 1, 2, first=1)
    found, after = [], None
    while True:
        page = await diff(api, 1, first=7, after=after)
        found += reasons(page)
        after = page["changes"]["pageInfo"]["endCursor"]
        if after is not None and len(found) == 7:
            await learn(api, {"odd.sql": "CREATE TABLE river.odd (x INT);"}, source="another")
        if not page["changes"]["pageInfo"]["hasNextPage"]:
            break
    with recording() as most:
        whole = await diff(api, 1, 2)

    assert 30 == whole["totalCount"] == len(set(found))
    assert reasons(whole) == found
    assert len(few.texts) == len(most.texts)


async def test_filters(api: Api) -> None:
    """Only assets that are wanted count, and only severities that are wanted are listed."""
    await learn(api, RIVER)
    await learn(api, {"levels.sql": LEVELS.replace("cm INT", "cm BIGINT")})
    whole = await diff(api, 1)
    broken = await diff(api, 1, severity=["BREAKING"])
    tables = await diff(api, 1, filter={"kinds": ["TABLE"]})

    assert [("ASSET_REMOVED", "river.peaks"), ("ASSET_REMOVED", "river.report")] == reasons(broken)
    assert whole["counts"] == broken["counts"]
    assert [("TYPE_WIDENED", "river.levels.cm")] == reasons(tables)
    assert 1 == tables["totalCount"]


async def test_what_is_refused(api: Api) -> None:
    """Revisions that there are not, of another workspace, or the wrong way round are refused by name."""
    await api.house.write(lambda session: session.add(Workspace(name="other")))
    await learn(api, RIVER)
    await learn(api, {"levels.sql": LEVELS})
    await learn(api, {"levels.sql": LEVELS}, workspace="other")

    for wrong in (
        {"from": {"revision": 7}},
        {"from": {"revision": 0}},
        {"from": {"revision": 1}, "to": {"revision": 3}},
        {"from": {"revision": 2}, "workspace": "other"},
        {"from": {"revision": 2}, "to": {"revision": 1}},
        {"from": {"at": "2001-01-01T00:00:00Z"}},
        {"from": {"revision": 1}, "first": 0},
        {"from": {"revision": 1}, "nearest": 21},
        {"from": {"revision": 1}, "after": "x"},
    ):
        assert "VALIDATION_FAILED" == await api.code(DIFF, **wrong), wrong
    (error,) = await api.errors(DIFF, **{"from": {"revision": 2}, "to": {"revision": 1}})
    assert error["message"].startswith("from is revision 2")
    cursor = (await diff(api, 1, first=1))["changes"]["edges"][0]["cursor"]
    assert "VALIDATION_FAILED" == await api.code(DIFF, **{"from": {"revision": 2}, "after": cursor})


async def test_history(api: Api) -> None:
    """The history of an asset goes on behind its rename, and leaves out what was only reformatted."""
    await learn(api, RIVER)
    await learn(api, RIVER | {"peaks.sql": PEAKS.replace("cm > 0", "cm > 5")})
    await learn(api, RIVER | {"peaks.sql": PEAKS.replace("cm > 0", "cm  >  5")})
    renamed = PEAKS.replace("cm > 0", "cm > 5").replace("river.peaks", "river.tops")
    report = RIVER["report.sql"].replace("river.peaks", "river.tops")
    await learn(api, {"levels.sql": LEVELS, "peaks.sql": renamed, "report.sql": report})
    await learn(
        api, {"levels.sql": LEVELS, "peaks.sql": renamed.replace("100.0", "10.0"), "report.sql": report}
    )

    told = (await api.ask(HISTORY, name="river.tops"))["asset"]["history"]["edges"]
    page = (await api.ask(HISTORY, name="river.tops", first=2))["asset"]["history"]
    rest = await api.ask(HISTORY, name="river.tops", after=page["pageInfo"]["endCursor"])

    assert [
        (5, "river.tops", "EXPRESSION_CHANGED"),
        (4, "river.tops", "ASSET_RENAMED"),
        (2, "river.peaks", "INFLUENCE_CHANGED"),
        (1, "river.peaks", "ASSET_ADDED"),
    ] == [
        (each["node"]["revision"], each["node"]["name"], each["node"]["changes"][0]["reason"]) for each in told
    ]
    assert page["pageInfo"]["hasNextPage"]
    assert told[:2] == page["edges"]
    assert told[2:] == rest["asset"]["history"]["edges"]
    assert [("ASSET_RENAMED", "river.tops")] == reasons(await diff(api, 3, 4))
    assert all(each["node"]["committedAt"] for each in told)


async def test_what_a_run_writes_ahead_is_unseen(api: Api) -> None:
    """While a run holds a reserved revision and writes under it, no diff and no history shows any of it."""
    await learn(api, RIVER)
    await learn(api, RIVER | {"more.sql": "CREATE VIEW river.more AS SELECT cm FROM river.levels;"})
    before = await diff(api, 1)
    history = await api.ask(HISTORY, name="river.peaks")

    def write_ahead(session: Any) -> None:
        from sqlalchemy import text

        session.execute(text("UPDATE asset_facts SET until = 3 WHERE until IS NULL"))
        session.execute(text("UPDATE evidence SET until = 3 WHERE until IS NULL"))

    await api.house.write(write_ahead)

    assert before == await diff(api, 1)
    assert history == await api.ask(HISTORY, name="river.peaks")
    assert "VALIDATION_FAILED" == await api.code(DIFF, **{"from": {"revision": 1}, "to": {"revision": 3}})


@pytest.fixture
async def walled(sqlite_url: str, redis_url: str, tmp_path: Path) -> Any:
    """An API behind a proxy, and two viewers of whom one sees definitions."""
    async with house_of(sqlite_url, redis_url, tmp_path) as api:
        api.client.headers["X-Forwarded-User"] = BOSS
        await learn(api, RIVER)
        await learn(api, RIVER | {"peaks.sql": PEAKS.replace("max(cm) / 100.0", "min(cm) / 7319.0")})
        boss = Asker(api, BOSS)
        await boss.ask(SET, principal="sees", role="VIEWER")
        await boss.ask(SET, principal="blind", role="VIEWER", sees=False)
        yield api


async def test_expressions_are_definitions(walled: Api) -> None:
    """Who may not see definitions sees that an expression changed, and no word of it; strangers see nothing."""
    sees, blind = Asker(walled, "sees"), Asker(walled, "blind")
    asked = {"from": {"revision": 1}}
    whole, bare = await sees.ask(DIFF, **asked), await blind.ask(DIFF, **asked)
    past = await blind.ask(HISTORY, name="river.peaks")

    assert "7319" in json.dumps(whole)
    assert "7319" not in json.dumps((bare, past))
    assert [("EXPRESSION_CHANGED", "river.peaks.metres")] == reasons(bare["lineageDiff"])
    (node,) = nodes(bare["lineageDiff"])
    assert None is node["before"]["value"] is node["after"]["value"]
    assert "NOT_FOUND" == await Asker(walled, "stranger").code(DIFF, **asked)
