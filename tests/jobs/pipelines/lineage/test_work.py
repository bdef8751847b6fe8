"""What children do, done here: from texts in files to the rows that bring a source to another state."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from db.assertions import difference
from db.lineage import ASSERTIONS, IDENTITIES, AssetColumn, AssetFact, ColumnFact, Edge, Evidence
from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.values import Column, SqlText
from jobs.pipelines.lineage.bring import Chunk
from jobs.pipelines.lineage.read import spelled
from jobs.pipelines.lineage.save import REFERENCES, Claims, Held, Teller, claims_of, plan, source_pk_of
from jobs.pipelines.lineage.spill import recall, spill, spill_rows
from jobs.pipelines.lineage.values import LineageResult
from jobs.pipelines.lineage.work import Findings, Inquiry, find_lineage, give_up, read_chunk

TELLER = Teller("main", "headwater://main", source_pk_of("main", "default"), 1)
TEXTS = [
    SqlText("orders.sql", "CREATE TABLE orders (id int, price int, qty int);"),
    SqlText("totals.sql", "CREATE VIEW totals AS SELECT id, price * qty AS total FROM orders;"),
    SqlText("large.sql", "CREATE VIEW large AS SELECT id FROM totals WHERE total > 100;"),
    SqlText("again.sql", "CREATE VIEW large AS SELECT max(total) AS id FROM totals;"),
    SqlText("load.sql", "INSERT INTO archive (id) SELECT id FROM orders; INSERT INTO archive (id) SELECT 1;"),
    SqlText("star.sql", "CREATE VIEW star AS SELECT * FROM elsewhere;"),
    SqlText("known.sql", "CREATE VIEW known AS SELECT * FROM warehouse.prices;"),
    SqlText("broken.sql", "CREATE VIEW broken AS SELECT FROM WHERE; GRANT everything TO everybody;"),
]
KNOWN = {"warehouse.prices": (Column("sku"), Column("eur", "int")), "warehouse.unused": (Column("x"),)}


def found_in(
    folder: Path,
    texts: Sequence[SqlText],
    known: Mapping[str, tuple[Column, ...]],
    *,
    crashed: bool = False,
) -> Findings:
    """What a child finds in texts that were read one by one."""
    chunks = [Chunk("duckdb", spill(folder / f"{place}.texts", (text,))) for place, text in enumerate(texts)]
    for chunk in chunks:
        if crashed:
            give_up(chunk, "the child was killed")
        else:
            read_chunk(chunk)
    held: Held = spill_rows(folder / "before", ())
    return find_lineage(
        Inquiry(TELLER, "duckdb", "", tuple(chunks), spill(folder / "known", known), held, folder)
    )


def counts(result: LineageResult) -> tuple[int, int, int, int]:
    return result.text_count, result.statement_count, result.explained_count, result.unresolved_count


def test_from_texts_to_rows(tmp_path: Path) -> None:
    """Every statement is counted, every gap listed, and the rows are those that are not there yet."""
    found = found_in(tmp_path, TEXTS, KNOWN)

    assert (8, 10, 9) == counts(found.result)[:3]
    assert found.gaps is not None
    assert {gap.text for gap in found.result.gaps} == {"large.sql", "star.sql", "broken.sql"}
    assert 1 == found.result.revision
    inserts = [change for change in found.rows if change.table in ASSERTIONS]
    assert (found.result.added_count, 0) == (len(inserts), found.result.ended_count)
    assert found.result.asset_count == sum(change.table is AssetFact for change in inserts)
    assert found.result.column_count == sum(change.table is ColumnFact for change in inserts)


def test_texts_that_could_not_be_read(tmp_path: Path) -> None:
    """A text given up counts as one statement that is not explained, over all of its length."""
    found = found_in(tmp_path, TEXTS[:2], {}, crashed=True)

    assert (2, 2, 0, 2) == counts(found.result)
    assert [("crashed", 0, len(text.sql)) for text in TEXTS[:2]] == [
        (gap.reason, gap.start, gap.end) for gap in found.result.gaps
    ]


def test_without_gaps_there_is_no_list(tmp_path: Path) -> None:
    """Where everything is explained no file of gaps is written."""
    assert None is found_in(tmp_path, TEXTS[:3], {}).gaps


def test_identities_before_their_users(tmp_path: Path) -> None:
    """Every row that a row refers to stands before it, so that no batch meets a missing key."""
    there: set[object] = set()
    for change in found_in(tmp_path, TEXTS, KNOWN).rows:
        row = change.row or {}
        ends = [name for name in row if name.endswith(("_asset_pk", "_column_pk"))]
        names = ends if change.table is Edge else [name for name in REFERENCES if name in row]
        assert {row[name] for name in names} - {None} <= there
        there.add(row["pk"])
    assert len(there) > len(TEXTS)


def claims(texts: Sequence[SqlText]) -> Claims:
    return claims_of(TELLER, texts, analyse(texts, "duckdb", known=KNOWN))


def facts_of(of: Claims) -> dict[type, dict[UUID, UUID]]:
    """What a source would assert afterwards, the ids of rows being those of facts."""
    return {table: {fact: fact for fact in facts} for table, facts in of.facts.items()}


SOME = st.lists(st.sampled_from(TEXTS), unique=True)


@settings(deadline=None, max_examples=40)
@given(one=SOME, other=SOME)
def test_from_any_state_to_any_other(one: list[SqlText], other: list[SqlText]) -> None:
    """The difference of two states brings the first to the second and touches nothing that both hold."""
    before, after = claims(one), claims(other)
    changes = list(difference(facts_of(before), after.facts, 2))

    state = {(table, fact) for table, facts in before.facts.items() for fact in facts}
    opened = {(change.table, change.row["fact"]) for change in changes if change.row is not None}
    ended = {(change.table, change.closes) for change in changes if change.row is None}
    assert not opened & state
    assert ended <= state
    assert {(table, fact) for table, facts in after.facts.items() for fact in facts} == (state - ended) | opened
    assert [] == list(difference(facts_of(after), after.facts, 3))


@settings(deadline=None, max_examples=20)
@given(texts=st.permutations(TEXTS[:3] + TEXTS[4:]))
def test_the_order_of_texts_says_nothing(texts: list[SqlText]) -> None:
    """Texts in any order assert the same, unless they define one relation twice."""
    assert facts_of(claims(texts)) == facts_of(claims(sorted(texts, key=lambda text: text.name)))


def test_what_others_know_is_named_only_where_used() -> None:
    """Of known relations those that a text uses are asserted as external, without order, types or the rest."""
    found = claims([SqlText("v.sql", "CREATE VIEW v AS SELECT eur FROM warehouse.prices;")])

    names = {row["name"] for row in found.identities[AssetColumn].values()}
    assert {"eur"} == names
    kinds = sorted(str(row["kind"]) for row in found.facts[AssetFact].values())
    assert ["external", "view"] == kinds
    complete = {row["kind"]: row["columns_complete"] for row in found.facts[AssetFact].values()}
    assert {"external": False, "view": True} == complete


def test_nothing_to_write_for_nothing() -> None:
    """A source that said nothing and says nothing has no rows to write."""
    planned = plan(TELLER, [], analyse([], "duckdb"), {})

    assert ((), 0, 0, 0, 0) == (
        planned.changes,
        planned.added,
        planned.ended,
        planned.assets,
        planned.columns,
    )


def test_names_that_fold_to_their_keys() -> None:
    """A relation's name is quoted exactly where its dialect would fold it to another key."""
    assert "sales.orders" == spelled("sales.orders", "sales.orders", "postgres")
    assert "Sales.Orders" == spelled("Sales.Orders", "sales.orders", "duckdb")
    assert '"sales"."Orders"' == spelled("sales.Orders", "sales.Orders", "postgres")


def test_evidence_lies_in_its_statement() -> None:
    """Each stretch of evidence lies within the statement whose text is kept."""
    found = claims(TEXTS)
    for row in found.facts[Evidence].values():
        body = next(
            row_["body"]
            for table in IDENTITIES
            for pk, row_ in found.identities.get(table, {}).items()
            if pk == row["definition_pk"]
        )
        assert 0 <= int(row["start"]) < int(row["end"]) <= len(str(body))


def test_what_was_spilled_by_a_child_is_read_here() -> None:
    """Rows that a child wrote are read here block by block, equal to what was planned."""
    with TemporaryDirectory() as folder:
        found = found_in(Path(folder), TEXTS, KNOWN)
        again = recall(spill(Path(folder) / "rows-list", list(found.rows)))
        assert again == list(found.rows)
