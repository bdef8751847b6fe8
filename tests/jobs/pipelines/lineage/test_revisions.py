"""A run replaces what its own source said, writes only the difference, and the past stays readable."""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

import pytest

from db.catalog import ColumnView, columns_of
from db.lineage import identity
from db.models import RunStatus
from db.runs import delete_run
from db.walk import Bounds, Direction, Level, Node, Route, walk
from tests.house import House
from tests.jobs.pipelines.lineage.sight import ASSERTIONS, look, rows, submitted, told

ORDERS = "CREATE TABLE orders (id int, price int, qty int);"
TOTALS = "CREATE VIEW totals AS SELECT id, price * qty AS total FROM orders;"
LARGE = "CREATE VIEW large AS SELECT id FROM totals WHERE total > 100;"
SHOP = {"orders.sql": ORDERS, "totals.sql": TOTALS, "large.sql": LARGE}
STAR = {"mine.sql": "CREATE VIEW mine AS SELECT * FROM orders;"}


async def test_a_first_run_makes_revision_1(house: House) -> None:
    """The first run of a workspace makes revision 1, which readers see whole."""
    result = await told(house, SHOP)

    assert (1, 1) == (result["revision"], await house.head())
    seen = await look(house)
    assert {"orders", "totals", "large"} == seen.assets
    assert {
        ("orders.id", "identity", "totals.id"),
        ("orders.price", "transformation", "totals.total"),
        ("orders.qty", "transformation", "totals.total"),
        ("totals.id", "identity", "large.id"),
        ("totals.total", "filter", "large"),
    } == seen.edges
    assert (3, 6) == (result["asset_count"], result["column_count"])
    assert (4, 1) == (result["direct_edge_count"], result["indirect_edge_count"])


async def test_the_same_texts_change_nothing(house: House) -> None:
    """The same texts again, in this or another order, write no row and make no revision."""
    unknown = {"far.sql": "CREATE VIEW far AS SELECT z, a, m FROM elsewhere WHERE b > 0;"}
    more = {"near.sql": "CREATE VIEW near AS SELECT y, m FROM elsewhere;"}
    await told(house, {**SHOP, **unknown, **more})
    before = await rows(house)

    for texts in ({**SHOP, **unknown, **more}, dict(reversed({**SHOP, **unknown, **more}.items()))):
        result = await told(house, texts)
        assert (None, 0, 0) == (result["revision"], result["added_count"], result["ended_count"])
        assert 1 == await house.head()
        assert before == await rows(house)


async def test_reformatting_changes_no_edge(house: House) -> None:
    """White space, comments and letters' case change no edge that readers see."""
    await told(house, SHOP)
    before = await look(house)

    reformatted = {
        "orders.sql": f"-- Orders.\n\n{ORDERS.lower()}",
        "totals.sql": TOTALS.replace(" ", "\n  ").replace("*", "/* times */ *"),
        "large.sql": f"\ufeff{LARGE.upper()}\n\n-- the end",
    }
    result = await told(house, reformatted)

    assert 2 == result["revision"]
    after = await look(house)
    assert before.edges == after.edges
    assert before.columns == after.columns


async def test_one_view_changed(house: House) -> None:
    """A changed view ends and opens its own assertions; no row of its neighbours is touched."""
    await told(house, SHOP)
    before = await rows(house, *ASSERTIONS)

    result = await told(house, {**SHOP, "large.sql": LARGE.replace("100", "1000")})

    after = await rows(house, *ASSERTIONS)
    untouched = sum(row in after[table] for table in ASSERTIONS for row in before[table])
    # asset `large` for its definition, the statement, and the evidence of its two edges
    assert (2, 4, 4) == (result["revision"], result["added_count"], result["ended_count"])
    assert sum(map(len, before.values())) - 4 == untouched


async def test_a_text_removed_and_back(house: House) -> None:
    """What a removed text said ends with it, and comes back with it."""
    await told(house, SHOP)
    whole = await look(house)

    await told(house, {name: sql for name, sql in SHOP.items() if name != "large.sql"})
    without = await look(house)
    assert {"orders", "totals"} == without.assets
    assert not [edge for edge in without.edges if "large" in edge[2]]

    await told(house, SHOP)
    assert whole == await look(house)
    assert 3 == await house.head()


async def test_two_sources_say_the_same(house: House) -> None:
    """An edge that two sources assert lives until both have dropped it."""
    await told(house, SHOP, source="one")
    await told(house, SHOP, source="two")
    whole = await look(house)
    nothing = {"nothing.sql": "SELECT 1;"}

    await told(house, nothing, source="one")
    assert whole == await look(house)

    await told(house, nothing, source="two")
    gone = await look(house)
    assert (set(), set(), set()) == (set(gone.assets), set(gone.columns), set(gone.edges))


async def test_columns_that_another_source_knows(house: House) -> None:
    """A star over a table that only another source defines is expanded to that table's columns."""
    await told(house, {"orders.sql": ORDERS}, source="ddl")

    result = await told(house, STAR, source="views")

    assert 0 == result["unresolved_count"]
    seen = await look(house)
    assert {("orders." + name, "identity", "mine." + name) for name in ("id", "price", "qty")} == seen.edges
    assert (2, 6) == (result["asset_count"], result["column_count"])


async def test_capitals_that_another_source_protects(house: House) -> None:
    """Tables and columns whose capitals are protected by quotes are known to other sources under these."""
    ddl = {"orders.sql": 'CREATE TABLE sales."Orders" ("Id" int, "größe" int);'}
    await told(house, ddl, source="ddl", dialect="postgres")

    view = {"mine.sql": 'CREATE VIEW mine AS SELECT "Id", "größe" FROM sales."Orders";'}
    result = await told(house, view, source="views", dialect="postgres")

    assert 0 == result["unresolved_count"]
    assert {
        ("sales.Orders.Id", "identity", "mine.Id"),
        ("sales.Orders.größe", "identity", "mine.größe"),
    } == (await look(house)).edges


async def test_what_others_know_is_not_repeated(house: House) -> None:
    """A source asserts of other sources' tables what it uses; the rest ends with its definer."""
    await told(house, {"ddl.sql": f"{ORDERS} CREATE TABLE customers (id int);"}, source="ddl")
    result = await told(house, {"v.sql": "CREATE VIEW v AS SELECT id FROM orders;"}, source="views")
    assert (2, 2) == (result["asset_count"], result["column_count"])

    await told(house, {"nothing.sql": "SELECT 1;"}, source="ddl")

    seen = await look(house)
    assert {"orders", "v"} == seen.assets
    assert {"orders.id", "v.id"} == seen.columns


async def test_users_do_not_teach_each_other(house: House) -> None:
    """When nobody defines a table any more, its users forget its columns: no source believes another user."""
    await told(house, {"orders.sql": ORDERS}, source="ddl")
    for source in ("one", "two"):
        await told(house, STAR, source=source)
    await told(house, {"nothing.sql": "SELECT 1;"}, source="ddl")

    for source in ("one", "two"):
        result = await told(house, STAR, source=source)
        assert ["unknown_columns"] == [gap["reason"] for gap in result["gaps"]]
    assert set() == {name for name in (await look(house)).columns if name.startswith("orders.")}


async def test_definers_are_believed_in_order(house: House) -> None:
    """Where two sources define one table differently, the first of them by name is believed."""
    await told(house, {"orders.sql": ORDERS}, source="b")
    await told(house, {"orders.sql": "CREATE TABLE orders (id int);"}, source="a")

    await told(house, STAR, source="views")

    assert {"mine.id"} == {name for name in (await look(house)).columns if name.startswith("mine.")}


async def test_the_definer_orders_the_columns(house: House) -> None:
    """Columns are shown in the order and with the types of the table's definer; behind them what others use."""
    uses = {"v.sql": "CREATE VIEW v AS SELECT zzz, qty, aaa, price FROM orders;"}
    await told(house, uses, source="views")
    assert ["aaa", "price", "qty", "zzz"] == [column.name for column in await columns(house, "orders")]

    await told(house, {"orders.sql": ORDERS}, source="ddl")

    shown = [
        (each.ordinal, each.name, each.data_type and each.data_type.lower())
        for each in await columns(house, "orders")
    ]
    declared = [(0, "id", "int"), (1, "price", "int"), (2, "qty", "int")]
    assert [*declared, (3, "aaa", None), (4, "zzz", None)] == shown


async def columns(house: House, name: str) -> Sequence[ColumnView]:
    """The columns of an asset as readers see them now."""
    pk = identity("asset", "main", "headwater://main", name)
    at = await house.head()
    found: Mapping[UUID, Sequence[ColumnView]] = await house.store.read(
        partial(columns_of, asset_pks=[pk], at=at)
    )
    return found[pk]


async def test_other_namespaces_are_other_tables(house: House) -> None:
    """A table of the same name in another namespace is another table, whose columns are not known here."""
    await told(house, {"orders.sql": ORDERS}, source="ddl", namespace="postgres://elsewhere")

    result = await told(house, STAR, source="views")

    assert ["unknown_columns"] == [gap["reason"] for gap in result["gaps"]]


@pytest.mark.parametrize("level", Level)
async def test_the_past_stays_readable(house: House, level: Level) -> None:
    """What readers saw at a revision is what they see there after later runs, and a walk finds it."""
    versions = [SHOP, {"orders.sql": ORDERS}, {**SHOP, "large.sql": LARGE.replace("totals", "orders")}]
    seen, walked = [], []
    large = identity("asset", "main", "headwater://main", "large")

    async def steps(at: int) -> set[str]:
        route = Route(at=at, direction=Direction.UPSTREAM, level=level)
        bounds = Bounds(depth=9, max_nodes=99, seconds=9)
        found = await house.store.read(partial(walk, start=[Node(large)], route=route, bounds=bounds))
        return {pk.hex for pk in found.steps}

    for number, texts in enumerate(versions, start=1):
        assert number == (await told(house, texts))["revision"]
        seen.append(await look(house))
        walked.append(await steps(number))

    for number in range(1, len(versions) + 1):
        assert seen[number - 1] == await look(house, at=number)
        assert walked[number - 1] == await steps(number)
    assert [True, False, True] == [bool(found) for found in walked]
    assert set() == set((await look(house, at=0)).assets)


async def test_deleting_a_run_keeps_the_graph(house: House) -> None:
    """The graph that a run made stays when the run is deleted, and later runs go on from it."""
    run = await submitted(house, SHOP)
    await house.execute(run)
    before = await look(house)

    assert await house.write(partial(delete_run, pk=run.pk))

    assert before == await look(house)
    assert None is (await told(house, SHOP))["revision"]


async def test_without_gaps_a_run_is_completed(house: House) -> None:
    """A run that explained everything ends as COMPLETED, one that lists gaps as COMPLETED_WITH_GAPS."""
    clean = await submitted(house, SHOP)
    gaps = await submitted(house, STAR, source="views", namespace="nowhere")
    for run in (clean, gaps):
        await house.execute(run)

    assert RunStatus.COMPLETED == (await house.row(clean)).status
    assert RunStatus.COMPLETED_WITH_GAPS == (await house.row(gaps)).status
