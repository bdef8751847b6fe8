"""Names are found by their beginnings and parts, best first, at any revision, and nothing in them is magic."""

from typing import Any

from tests.graph.api import Api, recording
from tests.graph.test_lineage import learn

SHOP = """
CREATE TABLE shop.orders (id INT, order_total INT, "50%_off" INT);
CREATE TABLE shop.orders_archive (id INT, total INT);
CREATE TABLE mart.total (Orders INT, "o'clock" INT, "a*b" INT);
CREATE VIEW mart.big_orders AS SELECT id FROM shop.orders;
"""
SEARCH = """
query Search($words: String!, $filter: AssetFilter, $first: Int! = 20, $after: String, $asOf: AsOf) {
  searchAssets(words: $words, filter: $filter, first: $first, after: $after, asOf: $asOf) {
    edges { cursor node { fit asset { name } column { name } } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}"""


def told(hit: dict[str, Any]) -> tuple[str, str]:
    return hit["fit"], ".".join(filter(None, (hit["asset"]["name"], (hit["column"] or {}).get("name"))))


async def found(api: Api, words: str, **variables: Any) -> list[tuple[str, str]]:
    page = (await api.ask(SEARCH, words=words, **variables))["searchAssets"]
    return [told(edge["node"]) for edge in page["edges"]]


async def test_best_first(api: Api) -> None:
    """Whole names come before beginnings and these before parts; of each, assets before columns."""
    await learn(api, {"shop.sql": SHOP})

    assert [
        ("WHOLE", "shop.orders"),
        ("WHOLE", "mart.total.Orders"),
        ("BEGINNING", "shop.orders_archive"),
        ("PART", "mart.big_orders"),
    ] == await found(api, " ORDERS ")
    assert [
        ("WHOLE", "mart.total"),
        ("WHOLE", "shop.orders_archive.total"),
        ("PART", "shop.orders.order_total"),
    ] == await found(api, "total")
    assert [("WHOLE", "shop.orders.order_total")] == await found(api, "orders.order_total")
    assert [("BEGINNING", "shop.orders.order_total")] == await found(api, "Shop.Orders.order_")
    assert ["shop.orders", "shop.orders_archive"] == [name for _, name in await found(api, "shop.")]
    assert [] == await found(api, "nothing of the kind")


async def test_one_name_in_many_assets(api: Api) -> None:
    """Columns of one name are in the order of their assets."""
    names = [f"s.t{at:02}" for at in range(12)]
    await learn(api, {"t.sql": "".join(f"CREATE TABLE {name} (same INT);" for name in reversed(names))})

    assert [("WHOLE", f"{name}.same") for name in names] == await found(api, "same")


async def test_signs_stand_for_themselves(api: Api) -> None:
    """Percent, underscore, quotes, backslash and star are letters like others."""
    await learn(api, {"shop.sql": SHOP})

    assert [("BEGINNING", "shop.orders.50%_off")] == await found(api, "50%")
    assert [("PART", "mart.total.o'clock")] == await found(api, "'")
    assert [("PART", "mart.total.a*b")] == await found(api, "*")
    assert {"mart.big_orders", "shop.orders.order_total", "shop.orders.50%_off", "shop.orders_archive"} == {
        name for _, name in await found(api, "_")
    }
    for none in ("o%s", "o_ders", "\\", '"', "50\\%", "*orders", "'; DROP TABLE assets; --"):
        assert [] == await found(api, none), none


async def test_words_that_are_refused(sqlite_api: Api) -> None:
    """Words are 1 to 200 characters; a page has 1 to 100 hits, and continues behind a cursor of this list."""
    await learn(sqlite_api, {"shop.sql": SHOP})
    other = "query { assets(first: 1) { pageInfo { endCursor } } }"
    foreign = (await sqlite_api.ask(other))["assets"]["pageInfo"]["endCursor"]
    for field, wrong in (
        ("words", {"words": ""}),
        ("words", {"words": " \n"}),
        ("words", {"words": "x" * 201}),
        ("words", {"words": "a\0b"}),
        ("first", {"first": 0}),
        ("first", {"first": 101}),
        ("after", {"after": "x"}),
        ("after", {"after": foreign}),
        ("asOf", {"asOf": {"revision": 99}}),
    ):
        (error,) = await sqlite_api.errors(SEARCH, **({"words": "a"} | wrong))
        assert ("VALIDATION_FAILED", field) == (error["extensions"]["code"], error["extensions"]["field"])
    assert [] == await found(sqlite_api, "x" * 200)
    assert await found(sqlite_api, "o")


async def test_only_wanted_assets(api: Api) -> None:
    """A filter narrows assets, and columns by their assets."""
    await learn(api, {"shop.sql": SHOP})

    assert {"mart.total", "mart.big_orders", "mart.total.Orders"} == {
        name
        for words in ("orders", "total")
        for _, name in await found(api, words, filter={"schemas": ["mart"]})
    }
    assert [("PART", "mart.big_orders")] == await found(api, "orders", filter={"kinds": ["view"]})


async def test_pages(api: Api) -> None:
    """Pages of one hit, joined, are the whole list; statements do not grow with hits."""
    await learn(api, {"shop.sql": SHOP})
    for words in ("o", "orders.", "total"):
        whole = await found(api, words)
        pieces, after = [], None
        while True:
            page = (await api.ask(SEARCH, words=words, first=1, after=after))["searchAssets"]
            pieces += [told(edge["node"]) for edge in page["edges"]]
            assert (after is not None) == page["pageInfo"]["hasPreviousPage"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        assert whole == pieces
        assert len(set(whole)) == len(whole) > 1

    counts = set()
    for first in (2, 100):
        with recording() as sent:
            await found(api, "o", first=first)
        counts.add(sent.count)
    assert 1 == len(counts), counts


async def test_what_readers_see(api: Api) -> None:
    """What a source no longer says is found in the past only."""
    await learn(api, {"shop.sql": SHOP})
    await learn(api, {"shop.sql": "CREATE TABLE shop.orders (id INT);"})

    assert [("WHOLE", "shop.orders")] == await found(api, "orders")
    assert [] == await found(api, "total")
    assert 3 == len(await found(api, "total", asOf={"revision": 1}))
