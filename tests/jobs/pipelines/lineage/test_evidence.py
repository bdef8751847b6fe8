"""Evidence gives the words that an edge is believed for, and where they stand now."""

from collections.abc import Mapping
from functools import partial

from sqlmodel import col, select

from db.catalog import EvidenceView, evidence_of
from db.lineage import Definition, Edge
from db.session import Session
from tests.house import House
from tests.jobs.pipelines.lineage.sight import told

TEXTS = {
    "shop/orders.sql": """-- Größe: 表 🫖, so that characters are not bytes.
CREATE TABLE orders (id int, price int, qty int);

CREATE VIEW totals AS
SELECT
    id,
    price
      * qty AS total
FROM orders
WHERE qty > 0;
""",
    "shop/large.sql": "/* 🫖 */ CREATE VIEW large AS SELECT max(total) AS most FROM totals GROUP BY id;",
}
CLAIMS = {
    ("orders.id", "totals.id"): ("shop/orders.sql", 6, "id"),
    ("orders.price", "totals.total"): ("shop/orders.sql", 7, "price\n      * qty AS total"),
    ("orders.qty", "totals.total"): ("shop/orders.sql", 7, "price\n      * qty AS total"),
    ("orders.qty", "totals"): ("shop/orders.sql", 10, "qty > 0"),
    ("totals.total", "large.most"): ("shop/large.sql", 1, "max(total) AS most"),
    ("totals.id", "large"): ("shop/large.sql", 1, "id"),
}


def _evidence(session: Session, at: int) -> list[EvidenceView]:
    edges = session.scalars(select(Edge.pk)).all()
    return [view for views in evidence_of(session, edges, at).values() for view in views]


async def evidence(house: House, at: int) -> list[EvidenceView]:
    """All evidence that readers see at a revision."""
    return await house.store.read(partial(_evidence, at=at))


def claims_of(views: list[EvidenceView]) -> set[tuple[str, int, str]]:
    return {(view.text_name, view.line, view.expression) for view in views}


def stands_there(view: EvidenceView, texts: Mapping[str, str]) -> bool:
    """Whether the expression begins on its line of its text."""
    lines = texts[view.text_name].splitlines(keepends=True)
    at = "".join(lines[view.line - 1 :]).find(view.expression)
    return 0 <= at < len(lines[view.line - 1])


async def test_words_and_places(house: House) -> None:
    """Each edge's evidence is the expression that makes it, at its file and line."""
    await told(house, TEXTS)

    found = await evidence(house, 1)

    assert set(CLAIMS.values()) == claims_of(found)
    assert {"parsed"} == {view.origin for view in found}
    assert {"default"} == {view.source for view in found}
    assert all(stands_there(view, TEXTS) for view in found)


async def test_after_statements_moved(house: House) -> None:
    """When statements only move in their file, no evidence changes and its lines are told anew."""
    await told(house, TEXTS)
    before = await evidence(house, 1)
    lead = "-- Moved.\n\nSELECT 1;\n\n"
    moved = {name: lead + sql for name, sql in TEXTS.items()}

    result = await told(house, moved)

    after = await evidence(house, 2)
    assert all(stands_there(view, moved) for view in after)
    assert {(name, line + 4, words) for name, line, words in claims_of(before)} == claims_of(after)
    # Three statements are at another place, and one is new in each text: nothing else was written.
    assert (3 + 2, 3) == (result["added_count"], result["ended_count"])
    assert claims_of(before) == claims_of(await evidence(house, 1))


async def test_a_statement_in_two_places(house: House) -> None:
    """A statement that stands in two texts is evidence at both places, its words kept once."""
    insert = "INSERT INTO archive (id) SELECT id FROM orders;"
    tables = "CREATE TABLE orders (id int); CREATE TABLE archive (id int);"

    await told(house, {"tables.sql": tables, "a.sql": insert, "b.sql": f"\n{insert}"})

    assert {("a.sql", 1, "id"), ("b.sql", 2, "id")} == claims_of(await evidence(house, 1))
    kept = select(Definition.pk).where(col(Definition.body).startswith("INSERT"))
    assert 1 == len(await house.store.read(lambda session: session.scalars(kept).all()))
