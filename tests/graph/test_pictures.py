"""Pictures of lineage: bounded, at their revision, behind an address that is a permission."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from db.captions import captions_of
from db.catalog import evidence_of, find_asset, find_column
from db.revisions import head_of
from db.session import Session
from db.walk import Bounds, Direction, Level, Node, Route, walk
from graph import sketches
from graph.grants import LIFE, Grants, Purpose
from graph.settings import ApiSettings
from graph.sketches import Sight, sight_of, sketched, worded
from jobs.engines.drawing.values import Picture
from jobs.engines.lineage.values import EdgeKind
from tests.graph.api import Api, open_api
from tests.graph.test_examples import load_warehouse
from tests.graph.test_lineage import LEVELS, PEAKS, RIVER, column, learn

BOTH = (Direction.UPSTREAM, Direction.DOWNSTREAM)
PICTURE = """
query Picture(
  $of: LineageRoot!, $direction: PictureDirection! = BOTH, $depth: Int! = 3, $level: Level! = COLUMN,
  $kinds: [EdgeKind!], $maxNodes: Int! = 100, $workspace: String! = "main", $asOf: AsOf
) {
  lineagePicture(
    of: $of, direction: $direction, depth: $depth, level: $level, kinds: $kinds, maxNodes: $maxNodes,
    workspace: $workspace, asOf: $asOf
  ) { url expiresAt mermaid truncated nodeCount revision }
}"""
EVENTS = """CREATE VIEW river.hashed AS SELECT md5(station::VARCHAR) AS station FROM river.report;"""


async def pictured(api: Api, of: dict[str, Any], **variables: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await api.ask(PICTURE, of=of, **variables))["lineagePicture"]
    return found


async def opened(api: Api, url: str) -> str:
    """The page behind an address."""
    response = await api.client.get(url)
    assert 200 == response.status_code, response.text
    return response.text


async def sketch_of(api: Api, name: str, own: str | None = None, **bounds: Any) -> Picture:
    """What a picture of this asset or column shows."""

    def read(session: Session) -> Picture | None:
        at = head_of(session, "main")
        asset = find_asset(session, "main", "headwater://main", name, at)
        assert asset
        found = find_column(session, asset.pk, own, at) if own else None
        root = Node(asset.pk, found.pk if found else None)
        widest = Sight(root, at, BOTH, Level.COLUMN, frozenset(), depth=10, max_nodes=200)
        return sketched(session, replace(widest, **bounds))

    picture = await api.house.store.read(read)
    assert picture
    return picture


def ways(picture: Picture) -> set[tuple[str, str]]:
    return {(picture.name_of(arrow.source), picture.name_of(arrow.target)) for arrow in picture.arrows}


async def test_a_picture_of_a_column(api: Api) -> None:
    """A picture looks both ways from its root; its address opens a page with evidence, and needs no token."""
    await learn(api, RIVER)
    found = await pictured(api, column("river.peaks.metres"))
    page = await opened(api, found["url"])
    left = datetime.fromisoformat(found["expiresAt"]) - datetime.now(UTC)

    assert 'subgraph s0["river.peaks"]' in found["mermaid"]
    assert 'a0c0["metres"]' in found["mermaid"]
    assert (1, False) == (found["revision"], found["truncated"])
    assert timedelta(minutes=14) < left <= LIFE
    assert found["url"].startswith(f"{api.address}/pictures/")
    assert "river.levels.cm → river.peaks.metres" in page
    assert "aggregation: max(cm)" in page or "max(cm) / 100.0  (peaks.sql:5)" in page
    assert "river.peaks.metres → river.report.high" in page
    assert "filter: cm &gt; 0  (peaks.sql:7)" in page
    assert "revision 1 · 3 assets" in page


async def test_what_is_sent_with_a_page(sqlite_api: Api) -> None:
    """A page is sandboxed, and lets in only its own style and script, by a nonce of its own."""
    await learn(sqlite_api, RIVER)
    url = (await pictured(sqlite_api, column("river.peaks.metres")))["url"]
    responses = [await sqlite_api.client.get(url) for _ in range(2)]
    policies = [response.headers["content-security-policy"] for response in responses]
    nonces = [re.findall("'nonce-([^']+)'", policy) for policy in policies]

    assert nonces[0] != nonces[1]
    for response, policy, nonce in zip(responses, policies, nonces, strict=True):
        assert 1 == len(set(nonce))
        assert 2 == response.text.count(f'nonce="{nonce[0]}"')
        assert policy.startswith("sandbox allow-scripts; default-src 'none'; script-src 'nonce-")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        told = {name: response.headers[name] for name in ("x-content-type-options", "referrer-policy")}
        assert {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer"} == told
        assert "private" in response.headers["cache-control"]
        assert "text/html; charset=utf-8" == response.headers["content-type"]


async def test_the_address_is_the_permission(database_url: str, redis_url: str, tmp_path: Any) -> None:
    """A page needs its address alone; a wrong, expired or other grant is FORBIDDEN; the log never tells."""
    async with open_api(database_url, redis_url, tmp_path, bearer="s3cret") as api:
        await learn(api, RIVER)
        url = (await pictured(api, column("river.peaks.metres")))["url"]
        word = url.rpartition("/")[2]
        grants = Grants(api.house.store, ApiSettings())
        old = await grants.sign(Purpose.PICTURE, "[]", "main", until=datetime.now(UTC) - timedelta(seconds=1))
        other = await grants.sign(Purpose.GET_ARTIFACT, "[]", "main")
        odd = await grants.sign(Purpose.PICTURE, "[1, 2]", "main")
        del api.client.headers["authorization"]

        await opened(api, url)
        for wrong in (word[:-4] + "AAAA", "x", "x" * 5_000, old, other, odd):
            response = await api.client.get(f"/pictures/{wrong}")
            assert 403 == response.status_code
            (error,) = response.json()["errors"]
            assert "FORBIDDEN" == error["extensions"]["code"]
            assert "no-store" == response.headers["cache-control"]
        assert 405 == (await api.client.post(url)).status_code
        assert word not in api.logs.getvalue()


async def test_a_page_stays_at_its_revision(api: Api) -> None:
    """A page shows the graph as it was when it was asked for, whatever runs did since."""
    await learn(api, RIVER)
    before = (await pictured(api, column("river.peaks.metres")))["url"]
    await learn(api, {"levels.sql": LEVELS, "peaks.sql": PEAKS})
    after = await pictured(api, column("river.peaks.metres"))

    assert "river.report" in await opened(api, before)
    assert 2 == after["revision"]
    assert "river.report" not in await opened(api, after["url"])
    past = await pictured(api, column("river.peaks.metres"), asOf={"revision": 1})
    assert 1 == past["revision"]
    assert "river.report" in await opened(api, past["url"])
    refused = await api.code(PICTURE, of=column("river.peaks.metres"), asOf={"revision": 3})
    assert "VALIDATION_FAILED" == refused


async def test_what_is_gone(sqlite_api: Api) -> None:
    """An address whose root is not there any more is NOT_FOUND."""
    sight = Sight(Node(uuid4()), 1, BOTH, Level.COLUMN, frozenset(), 3, 10)
    word = await Grants(sqlite_api.house.store, ApiSettings()).sign(Purpose.PICTURE, worded(sight), "main")
    response = await sqlite_api.client.get(f"/pictures/{word}")

    assert 404 == response.status_code
    assert "NOT_FOUND" == response.json()["errors"][0]["extensions"]["code"]


async def test_one_way(sqlite_api: Api) -> None:
    """A picture looks only the way it is told, along the kinds of edges it is told."""
    await learn(sqlite_api, RIVER)
    up = await sketch_of(sqlite_api, "river.peaks", "metres", directions=BOTH[:1])
    down = await sketch_of(sqlite_api, "river.peaks", "metres", directions=BOTH[1:])
    direct = await sketch_of(sqlite_api, "river.peaks", "metres", kinds=frozenset({EdgeKind.DIRECT}))
    asked = await pictured(sqlite_api, column("river.peaks.metres"), direction="UPSTREAM", kinds=["DIRECT"])

    assert {"river.peaks", "river.levels"} == {card.name for card in up.cards}
    assert {("river.peaks.metres", "river.report.high")} == ways(down)
    assert {("river.levels.cm", "river.peaks.metres")} | ways(down) == ways(direct)
    assert 2 == asked["nodeCount"]
    assert 1 == asked["mermaid"].count("-->")


async def test_cards_show_what_takes_part(sqlite_api: Api) -> None:
    """A card has the columns that take part, in order and with types, and counts the others."""
    await learn(sqlite_api, RIVER | {"hashed.sql": EVENTS})
    picture = await sketch_of(sqlite_api, "river.peaks", "metres")
    cards = {card.name: card for card in picture.cards}
    masked = await sketch_of(sqlite_api, "river.report", "station", directions=BOTH[1:])

    assert ("river.peaks.metres", 0) == (picture.name_of(picture.root), picture.root.card)
    assert [("station", "INT"), ("cm", "INT")] == [
        (row.name, (row.data_type or "").upper()) for row in cards["river.levels"].rows
    ]
    assert (["high"], 1) == ([row.name for row in cards["river.report"].rows], cards["river.report"].hidden)
    assert [True] == [arrow.masking for arrow in masked.arrows]


async def test_reasons_are_gathered(sqlite_api: Api) -> None:
    """All reasons of one kind between two ends are one arrow, each with its words and place."""
    await learn(sqlite_api, RIVER)
    picture = await sketch_of(sqlite_api, "river.peaks", "metres", directions=BOTH[:1])
    between = {
        (picture.name_of(arrow.source), arrow.direct): [reason.subtype for reason in arrow.reasons]
        for arrow in picture.arrows
    }

    assert len(picture.arrows) == len(between)
    assert ["filter"] == between["river.levels.cm", False]
    assert ["group_by"] == between["river.levels.station", False]
    assert all(reason.expression and reason.place for arrow in picture.arrows for reason in arrow.reasons)


async def test_whole_assets(sqlite_api: Api) -> None:
    """A picture of assets has no rows, and tells how many edges between columns an arrow stands for."""
    await load_warehouse(sqlite_api)
    found = await pictured(sqlite_api, {"asset": {"name": "mart.net_sales"}}, level="ASSET", depth=20)
    page = await opened(sqlite_api, found["url"])

    assert found["nodeCount"] > 10
    assert "edges between columns" in page
    assert 'class="row' not in page
    assert "raw.exchange_rates → staging.rates" in page


async def test_the_nearest_are_shown(sqlite_api: Api) -> None:
    """Of too many nodes the nearest are shown, however they are bounded, and cards say where more lies."""
    await load_warehouse(sqlite_api)
    whole = await sketch_of(sqlite_api, "mart.net_sales", "net_eur")
    few = await sketch_of(sqlite_api, "mart.net_sales", "net_eur", max_nodes=12)
    near = await sketch_of(sqlite_api, "mart.net_sales", "net_eur", depth=1)
    one = await sketch_of(sqlite_api, "mart.net_sales", "net_eur", max_nodes=1)

    assert whole.node_count > 60
    assert sum(len(card.rows) for card in few.cards) <= 12
    assert all(picture.truncated for picture in (few, near, one))
    assert any(card.more_before for card in few.cards)
    assert any(card.more_after for card in near.cards)
    assert ways(few) < ways(whole)
    assert (["mart.net_sales"], True, True) == (
        [card.name for card in one.cards],
        one.cards[0].more_before,
        one.cards[0].more_after,
    )
    found = await pictured(sqlite_api, column("mart.net_sales.net_eur"), maxNodes=12)
    assert found["truncated"]
    assert "more lies behind the bounds" in await opened(sqlite_api, found["url"])


async def test_too_many_arrows(sqlite_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arrows that are too many to be drawn are counted, and direct ones are drawn first."""
    await learn(sqlite_api, RIVER)
    whole = await sketch_of(sqlite_api, "river.peaks", "metres")
    monkeypatch.setattr(sketches, "MAX_ARROWS", 2)
    cut = await sketch_of(sqlite_api, "river.peaks", "metres")

    assert len(whole.arrows) == 2 + cut.left_out
    assert all(arrow.direct for arrow in cut.arrows)
    found = await pictured(sqlite_api, column("river.peaks.metres"))
    assert found["truncated"]
    assert f"%% {cut.left_out} more edges are left out" in found["mermaid"]


async def test_bounds_are_checked(sqlite_api: Api) -> None:
    """Bounds out of range, and roots that do not exist, are told by code."""
    await learn(sqlite_api, RIVER)
    root = column("river.peaks.metres")
    for wrong in ({"depth": 0}, {"depth": 21}, {"maxNodes": 0}, {"maxNodes": 201}):
        assert "VALIDATION_FAILED" == await sqlite_api.code(PICTURE, of=root, **wrong)
    for unknown in ("river.none.x", "river.peaks.none"):
        assert "NOT_FOUND" == await sqlite_api.code(PICTURE, of=column(unknown))
    assert "NOT_FOUND" == await sqlite_api.code(PICTURE, of=root, workspace="other")


async def test_cycles_are_shown(sqlite_api: Api) -> None:
    """Tables that feed each other are drawn with both arrows."""
    texts = {
        "t.sql": "CREATE TABLE c.a (x INT); CREATE TABLE c.b (x INT);",
        "i.sql": "INSERT INTO c.b SELECT x FROM c.a; INSERT INTO c.a SELECT x FROM c.b;",
    }
    await learn(sqlite_api, texts)
    picture = await sketch_of(sqlite_api, "c.a", "x")
    page = await opened(sqlite_api, (await pictured(sqlite_api, column("c.a.x")))["url"])

    assert {("c.a.x", "c.b.x"), ("c.b.x", "c.a.x")} == ways(picture)
    assert 1 == page.count(' backward"')


async def test_hostile_names(sqlite_api: Api) -> None:
    """Names that try to be more than names stand in the page and in the Mermaid text as names."""
    name = "</script><img src=x onerror=alert(1)>"
    turned = "a\u202eb" + "long" * 100
    await learn(
        sqlite_api,
        {
            "x.sql": f'CREATE TABLE h.t ("{name}" INT, "{turned}" INT);'
            f'CREATE VIEW h.v AS SELECT "{name}" + "{turned}" AS s FROM h.t;'
        },
    )
    found = await pictured(sqlite_api, column("h.v.s"))
    page = await opened(sqlite_api, found["url"])

    assert "<img" not in page
    assert "\u202e" not in page
    assert "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;" in page
    assert "#60;#47;script#62;" in found["mermaid"]


def test_sights_survive_being_signed() -> None:
    """A sight reads back from a grant as it was."""
    node = Node(UUID(int=1), UUID(int=2))
    for root, kinds in ((node, frozenset(EdgeKind)), (Node(UUID(int=1)), frozenset[EdgeKind]())):
        sight = Sight(root, 3, BOTH, Level.ASSET, kinds, 4, 5)
        assert sight == sight_of(worded(sight))


async def test_captions_are_evidence(api: Api) -> None:
    """A caption is the beginning of the first evidence of an edge, at the place that the evidence has."""
    await learn(api, RIVER)

    def read(session: Session) -> None:
        at = head_of(session, "main")
        asset = find_asset(session, "main", "headwater://main", "river.report", at)
        assert asset
        steps = walk(session, [Node(asset.pk)], Route(at, Direction.UPSTREAM), Bounds(10, 500, 60)).steps
        evidence = evidence_of(session, list(steps), at)
        for signs in (5, 1_000):
            captions = captions_of(session, [*steps, uuid4()], at, signs=signs)
            assert set(steps) == set(captions)
            for pk, caption in captions.items():
                first = evidence[pk][0]
                expected = (first.expression[:signs], first.text_name, first.line)
                assert expected == (caption.expression, caption.text_name, caption.line)

    await api.house.store.read(partial(read))
