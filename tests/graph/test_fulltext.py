"""Full search finds words in names, definitions, expressions and descriptions, best first; it leaks nothing."""

from pathlib import Path
from typing import Any

import pytest

from tests.graph.api import Api
from tests.graph.test_lineage import learn
from tests.graph.test_rights import BOSS, SET, Asker, house_of

SHOP = """
CREATE TABLE shop.customers (id INT, customerName TEXT, country TEXT);
CREATE TABLE shop.orders (id INT, customer_id INT, price INT, quantity INT, net INT);
"""
SALES = """CREATE VIEW mart.net_sales AS
SELECT c.country,
       SUM(o.price * o.quantity) AS sales
FROM shop.orders AS o
JOIN shop.customers AS c ON c.id = o.customer_id
GROUP BY c.country;
"""
COPY = (
    "CREATE TABLE mart.copy (country TEXT);\nINSERT INTO mart.copy SELECT upper(country) FROM shop.customers;"
)
TEXTS = {"shop.sql": SHOP, "sales.sql": SALES, "copy.sql": COPY}
SEARCH = """
query Search($q: String!, $in: [SearchPart!], $filter: AssetFilter, $first: Int! = 20, $after: String,
    $asOf: AsOf, $w: String! = "main") {
  search(q: $q, in: $in, filter: $filter, first: $first, after: $after, asOf: $asOf, workspace: $w) {
    totalCount
    edges { cursor node {
      score matched asset { name } column { name } textName snippet { text line marks { start end } }
    } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}"""
ANNOTATE = """
mutation Annotate($of: LineageRoot!, $values: [String!]!) {
  annotate(of: $of, kind: DESCRIPTION, values: $values, reason: "It says so.") { __typename }
}"""


async def nodes(api: Api | Asker, q: str, **variables: Any) -> list[dict[str, Any]]:
    page = (await api.ask(SEARCH, q=q, **variables))["search"]
    assert page["totalCount"] == len(page["edges"])
    return [edge["node"] for edge in page["edges"]]


def told(hit: dict[str, Any]) -> tuple[str, str]:
    names = (hit["asset"] or {}).get("name"), (hit["column"] or {}).get("name")
    return hit["matched"], ".".join(filter(None, names))


async def found(api: Api | Asker, q: str, **variables: Any) -> list[tuple[str, str]]:
    return [told(hit) for hit in await nodes(api, q, **variables)]


def marked(hit: dict[str, Any]) -> list[str]:
    """The words of a snippet that are marked."""
    text = hit["snippet"]["text"]
    return [text[mark["start"] : mark["end"]] for mark in hit["snippet"]["marks"]]


async def test_where_words_are_found(api: Api) -> None:
    """Names come before definitions; a stem finds its forms; a humped name is found by its parts."""
    await learn(api, TEXTS)

    assert [
        ("ASSET", "shop.customers"),
        ("COLUMN", "shop.customers.customerName"),
        ("COLUMN", "shop.orders.customer_id"),
    ] == (await found(api, "customer"))[:3]
    assert {("DEFINITION", "mart.net_sales"), ("DEFINITION", "mart.copy")} <= set(await found(api, "customers"))
    assert [("ASSET", "mart.net_sales")] == (await found(api, '"net sale"'))[:1]
    assert await found(api, '"net sale"') == await found(api, "net_sales")
    assert [("COLUMN", "shop.customers.customerName")] == await found(api, "cust* name", **{"in": ["COLUMN"]})
    assert [] == await found(api, "nothing of the kind")


async def test_an_expression_tells_what_it_makes(api: Api) -> None:
    """Words in an expression are told with the column that it gives its value, its piece, line and marks."""
    await learn(api, TEXTS)

    (hit,) = [each for each in await nodes(api, "price quantity") if each["matched"] == "EXPRESSION"]

    assert ("EXPRESSION", "mart.net_sales.sales") == told(hit)
    assert ("sales.sql", 3) == (hit["textName"], hit["snippet"]["line"])
    assert ["price", "quantity"] == marked(hit)
    assert hit["snippet"]["text"] in SALES
    assert len(hit["snippet"]["text"]) <= 150
    (written,) = await nodes(api, "upper")
    assert ("EXPRESSION", "mart.copy.country") == told(written)
    assert ["upper"] == marked(written)


async def test_operators(api: Api) -> None:
    """AND, OR, NOT and brackets join words, phrases and beginnings."""
    await learn(api, TEXTS)
    only = {"in": ["DEFINITION"]}

    async def names(q: str) -> set[str]:
        return {hit["textName"] for hit in await nodes(api, q, **only)}

    assert {"sales.sql", "copy.sql", "shop.sql"} == await names("country")
    assert {"copy.sql", "shop.sql"} == await names("country NOT sum")
    assert {"copy.sql"} == await names("country NOT (sum OR id)") - {"shop.sql"}
    assert {"sales.sql", "copy.sql"} == await names("sum OR upper")
    assert {"sales.sql"} == await names('(sum OR upper) AND "group by"')
    assert set() == await names('"by group"')
    assert {"copy.sql", "shop.sql"} == await names('country NOT "group by"')
    assert {"sales.sql"} == await names("quant* AND jo*")


async def test_filters(api: Api) -> None:
    """A filter narrows all kinds of hits by their assets: of statements, by what these write to."""
    await learn(api, TEXTS)

    assert [("ASSET", "mart.net_sales")] == await found(
        api, "sales", filter={"kinds": ["view"]}, **{"in": ["ASSET"]}
    )
    mart = {"schemas": ["mart"]}
    assert {"mart.net_sales", "mart.copy"} == {
        hit["asset"]["name"] for hit in await nodes(api, "country", filter=mart)
    }
    assert [] == await found(api, "customers", filter={"namespaces": ["nowhere"]})
    assert [] == await found(api, "customers", filter={"tags": ["pii"]})


async def test_descriptions(api: Api) -> None:
    """What a person says of an asset is found from its revision on, and no longer once it is taken back."""
    await learn(api, TEXTS)
    root = {"asset": {"name": "shop.orders"}}
    await api.ask(ANNOTATE, of=root, values=["Everything that was purchased, with discounts."])

    (hit,) = await nodes(api, "discount purchase")
    assert ("DESCRIPTION", "shop.orders") == told(hit)
    assert ["purchased", "discounts"] == marked(hit)
    assert [] == await found(api, "discount", asOf={"revision": 1})
    await api.ask(ANNOTATE, of=root, values=[])
    assert [] == await found(api, "discount")
    assert [("DESCRIPTION", "shop.orders")] == await found(api, "discount", asOf={"revision": 2})


async def test_what_readers_see(api: Api) -> None:
    """What a source no longer says is found in the past only."""
    await learn(api, TEXTS)
    await learn(api, {"shop.sql": SHOP})

    assert [] == await found(api, "sum")
    assert [] == await found(api, "sales")
    assert 1 == len(await found(api, "sum", asOf={"revision": 1}))


async def test_pages(api: Api) -> None:
    """Pages of two hits, joined, are the whole list, best first; they stay so while the graph changes."""
    await learn(api, TEXTS)
    whole = (await api.ask(SEARCH, q="customer OR country OR net"))["search"]
    pieces, after = [], None
    while True:
        page = (await api.ask(SEARCH, q="customer OR country OR net", first=2, after=after))["search"]
        pieces += page["edges"]
        assert (after is not None) == page["pageInfo"]["hasPreviousPage"]
        assert whole["totalCount"] == page["totalCount"]
        if after is None:
            await learn(api, {"more.sql": "CREATE TABLE a.country_of_customers (net INT);"}, source="more")
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert whole["edges"] == pieces
    assert len(pieces) > 6
    scores = [edge["node"]["score"] for edge in pieces]
    assert sorted(scores, reverse=True) == scores
    assert whole["totalCount"] < (await api.ask(SEARCH, q="customer OR country OR net"))["search"]["totalCount"]


async def test_questions_that_are_refused(sqlite_api: Api) -> None:
    """What cannot be read is refused with the character and what to do; nothing else is an error."""
    await learn(sqlite_api, TEXTS)
    foreign = (await sqlite_api.ask("{ assets(first: 1) { pageInfo { endCursor } } }"))["assets"]["pageInfo"]
    for field, place, wrong in (
        ("q", "", {"q": ""}),
        ("q", "", {"q": " \n"}),
        ("q", "", {"q": "x" * 201}),
        ("q", "", {"q": "(" * 10_000}),
        ("q", "character 22", {"q": "(" * 200}),
        ("q", "character 3", {"q": 'a "net sales'}),
        ("q", "character 3", {"q": "a (b"}),
        ("q", "character 2", {"q": "a)"}),
        ("q", "character 1", {"q": "NOT a"}),
        ("q", "character 6", {"q": "a OR NOT b"}),
        ("q", "character 3", {"q": "a AND"}),
        ("q", "character 1", {"q": "%_;--"}),
        ("q", "character 1", {"q": "\N{GRINNING FACE}"}),
        ("q", "character 1", {"q": "a*"}),
        ("q", "character 1", {"q": "\x01\x02"}),
        ("first", "", {"first": 0}),
        ("after", "", {"after": foreign["endCursor"]}),
        ("asOf", "", {"asOf": {"revision": 99}}),
    ):
        (error,) = await sqlite_api.errors(SEARCH, **({"q": "a"} | wrong))
        assert ("VALIDATION_FAILED", field) == (error["extensions"]["code"], error["extensions"]["field"]), (
            wrong
        )
        assert place in error["message"], error
    for harmless in ("x" * 200, "a\x01b", "search_index MATCH x", "a'|'b", "NEAR/2", "מכירות", "^a"):
        await nodes(sqlite_api, harmless)


async def test_names_and_texts_of_all_kinds(api: Api) -> None:
    """Names that are not English, and definitions that look binary or have megabytes, are found and shown."""
    await learn(
        api,
        {
            "a.sql": 'CREATE TABLE "Größe"."מכירות_Ümsatz" ("价格" INT, "a\N{GRINNING FACE}b" INT);',
            "big.sql": f"CREATE VIEW big AS SELECT 1 AS needle, '{'x1 ' * 1_700_000}' AS hay;",
            "odd.sql": "CREATE VIEW odd AS SELECT '\x01\x7f\xdf\\\\x00%' AS binarylike;",
        },
    )

    assert [("ASSET", "Größe.מכירות_Ümsatz")] == (await found(api, "ümsatz"))[:1]
    assert [("ASSET", "Größe.מכירות_Ümsatz")] == (await found(api, "מכירות"))[:1]
    assert [("ASSET", "Größe.מכירות_Ümsatz")] == (await found(api, "GRÖSSE"))[:1]
    assert [("COLUMN", "Größe.מכירות_Ümsatz.价格")] == (await found(api, "价格"))[:1]
    (big,) = await nodes(api, "needle")
    assert ("big.sql", ["needle"]) == (big["textName"], marked(big))
    (odd,) = await nodes(api, "binarylike", **{"in": ["DEFINITION"]})
    assert ["binarylike"] == marked(odd)


@pytest.fixture
async def walled(sqlite_url: str, redis_url: str, tmp_path: Path) -> Any:
    """An API behind a proxy, and two viewers of whom one sees definitions."""
    async with house_of(sqlite_url, redis_url, tmp_path) as api:
        api.client.headers["X-Forwarded-User"] = BOSS
        await learn(api, TEXTS)
        boss = Asker(api, BOSS)
        await boss.ask(SET, principal="sees", role="VIEWER")
        await boss.ask(SET, principal="blind", role="VIEWER", sees=False)
        yield api


async def test_definitions_that_may_not_be_seen(walled: Api) -> None:
    """They have no say: no hit, count, score or snippet is another with them there."""
    sees, blind = Asker(walled, "sees"), Asker(walled, "blind")
    names = {"in": ["ASSET", "COLUMN", "DESCRIPTION"]}

    assert [] == await nodes(blind, "upper OR sum OR quantity NOT quantity")
    for q in ("customer", "country", "customer NOT sum", "net OR upper"):
        assert await nodes(sees, q, **names) == await nodes(blind, q)
    assert "DEFINITION" in {hit["matched"] for hit in await nodes(sees, "customer")}
    assert None is await sees.code(SEARCH, q="a", **{"in": ["DEFINITION"]})
    assert "FORBIDDEN" == await blind.code(SEARCH, q="a", **{"in": ["DEFINITION"]})


async def test_workspaces_apart(walled: Api) -> None:
    """Nothing of another workspace is found, and nothing of it changes a score."""
    before = await nodes(walled, "customer")
    await walled.ask('mutation { createWorkspace(name: "theirs") { __typename } }')
    await learn(walled, {"x.sql": "CREATE TABLE secret.customers (customer INT);"}, workspace="theirs")

    assert before == await nodes(walled, "customer")
    assert [("ASSET", "secret.customers")] == (await found(walled, "secret", w="theirs"))[:1]
    assert "NOT_FOUND" == await Asker(walled, "sees").code(SEARCH, q="secret", w="theirs")


async def test_a_cleared_workspace(api: Api) -> None:
    """Nothing is found in a workspace that was emptied, and all of it once it is filled again."""
    await learn(api, TEXTS)
    before = await found(api, "customer OR sum")
    await api.ask('mutation { clearWorkspace(workspace: "main", confirm: "main") { __typename } }')

    assert [] == await found(api, "customer OR sum")
    await learn(api, TEXTS)
    assert before == await found(api, "customer OR sum")
