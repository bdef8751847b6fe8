"""A run reads of a large catalog what its texts may mean, and finds with that what it finds with all of it."""

from functools import partial
from pathlib import Path

import pytest

from db.session import Session
from jobs.engines.lineage.values import SqlText
from jobs.pipelines.lineage.mentions import MOST_CHARACTERS, MOST_WORDS, mentioned
from jobs.pipelines.lineage.read import keep_known
from jobs.pipelines.lineage.save import Teller, source_pk_of
from jobs.pipelines.lineage.spill import recall
from tests.house import House
from tests.jobs.pipelines.lineage.sight import look, told

CATALOG = {
    "catalog.sql": """
    CREATE TABLE Shop.Orders (id int, total int);
    CREATE TABLE shop.[Order Lines] (id int, qty int);
    CREATE TABLE shop.Größe (id int, cm int);
    CREATE TABLE shop.unrelated (id int, secret int);
    CREATE TABLE shop.[odd$] (id int, sign int);
    """
}
MEANT = (
    ("SELECT * FROM shop.orders", "total"),
    ("SELECT * FROM SHOP.ORDERS", "total"),
    ('SELECT * FROM "shop"."Orders"', "total"),
    ("SELECT * FROM shop . [Order Lines]", "qty"),
    ('SELECT * FROM shop."order lines"', "qty"),
    ("SELECT * FROM shop.GRÖSSE", None),  # T-SQL's names are folded letter by letter: this is another one
    ("SELECT * FROM shop.größe", "cm"),
    ("SELECT * FROM shop.odd$", "sign"),
)


def known_columns(session: Session, words: frozenset[str] | None, to: Path) -> dict[str, list[str]]:
    """The names of columns that a run of another source is told of, by relation."""
    teller = Teller("main", "headwater://main", source_pk_of("main", "another"), 9)
    keep_known(session, teller=teller, dialect="tsql", words=words, to=to)
    return {name: [column.name for column in columns] for name, columns in recall(to).items()}


@pytest.mark.parametrize(("query", "column"), MEANT)
async def test_what_is_meant(house: House, tmp_path: Path, query: str, column: str | None) -> None:
    """A relation is found however its name is spelled: a star over it is the same as with everything known."""
    await told(house, CATALOG, source="catalog", dialect="tsql")
    words = mentioned([SqlText("v.sql", query)])
    every = await house.store.read(partial(known_columns, words=None, to=tmp_path / "every"))
    some = await house.store.read(partial(known_columns, words=words, to=tmp_path / "some"))
    await told(house, {"v.sql": f"CREATE VIEW dbo.v AS {query};"}, source="views", dialect="tsql")

    assert 5 == len(every)
    assert some.items() <= every.items()
    assert len(some) == 1
    columns = {name for name in (await look(house)).columns if name.startswith("dbo.v.")}
    assert ({"dbo.v.id", f"dbo.v.{column}"} if column else set()) == columns


async def test_sql_in_texts_and_hints(house: House) -> None:
    """What stands in a text that is run as SQL, and in a comment that is a hint, is known as well."""
    await told(house, CATALOG, source="catalog", dialect="tsql")
    procedure = """CREATE PROCEDURE dbo.p AS BEGIN
        -- @LINEAGE_INPUTS: [shop].[Order Lines]
        EXEC('SELECT * INTO dbo.copied FROM shop.orders');
    END"""
    await told(house, {"p.sql": procedure}, source="procedures", dialect="tsql")

    seen = await look(house)
    assert "dbo.copied.total" in seen.columns
    assert ("shop.Order Lines", "dbo.p") in {(source, target) for source, _, target in seen.edges}


def test_too_much_to_look_through() -> None:
    """Of many words, or of texts that are long, none are told: everything is read."""
    few, many = (" ".join(f"w{number}" for number in range(count)) for count in (MOST_WORDS, MOST_WORDS + 1))

    assert MOST_WORDS == len(mentioned([SqlText("a.sql", few)]) or ())
    assert mentioned([SqlText("a.sql", many)]) is None
    assert mentioned([SqlText("a.sql", "w " * (MOST_CHARACTERS // 2)), SqlText("b.sql", "w")]) is None
    assert frozenset() == mentioned([])
