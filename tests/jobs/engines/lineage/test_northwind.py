"""The Northwind script, a T-SQL text without semicolons: every view right, every statement accounted for."""

import functools
from collections import Counter

from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.values import EdgeKind, Lineage, RelationKind, Subtype
from tests.jobs.engines.lineage.northwind import EXPECTED, decoded, script

SOURCES_OF_QUARTERLY_ORDERS = {
    ("customers", "customerid", Subtype.JOIN),
    ("orders", "customerid", Subtype.JOIN),
    ("orders", "orderdate", Subtype.FILTER),
    # SELECT DISTINCT
    ("customers", "customerid", Subtype.GROUP_BY),
    ("customers", "companyname", Subtype.GROUP_BY),
    ("customers", "city", Subtype.GROUP_BY),
    ("customers", "country", Subtype.GROUP_BY),
}


@functools.cache
def northwind() -> Lineage:
    """Return the lineage of the script, read once."""
    return analyse([script()], "tsql", default_schema="dbo")


def expected_views() -> dict[str, dict[str, set[str]]]:
    """Return what was written down by reading each view: view, column, sources with their role."""
    views: dict[str, dict[str, set[str]]] = {}
    for line in EXPECTED.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            columns = views.setdefault(line.strip("[]").lower(), {})
        else:
            name, _, sources = line.partition(" = ")
            columns[name.lower()] = set() if sources == "constant" else set(sources.lower().split(", "))
    return views


def test_every_view() -> None:
    """All sixteen views have the columns and the direct edges that a person reads from them."""
    lineage = northwind()
    views = {each.key: each for each in lineage.relations if each.kind is RelationKind.VIEW}
    found = {key.removeprefix("dbo."): {c.key: set[str]() for c in view.columns} for key, view in views.items()}
    for edge in lineage.edges:
        if edge.kind is EdgeKind.DIRECT and edge.target.relation in views:
            source = f"{edge.source.relation.removeprefix('dbo.')}.{edge.source.column} {edge.subtype.value}"
            found[edge.target.relation.removeprefix("dbo.")][str(edge.target.column)].add(source)

    assert 16 == len(views)
    assert expected_views() == found
    assert all(view.columns_complete for view in views.values())


def test_influences_of_a_view() -> None:
    """What joins, filters and DISTINCT decide about is the view as a whole."""
    found = {
        (edge.source.relation.removeprefix("dbo."), edge.source.column, edge.subtype)
        for edge in northwind().edges
        if edge.target.relation == "dbo.quarterly orders" and edge.kind is EdgeKind.INDIRECT
    }

    assert SOURCES_OF_QUARTERLY_ORDERS == found


def test_every_statement_is_accounted_for() -> None:
    """Statements are explained or listed, and no non-blank part of the script is outside of a statement."""
    text, lineage = script().sql, northwind()
    spans = sorted(statement.span.start for statement in lineage.statements)
    verbs = Counter(statement.verb for statement in lineage.statements)

    assert () == lineage.unresolved
    assert len(lineage.statements) == lineage.explained
    assert len(set(spans)) == len(spans)
    assert 13 == verbs["CREATE TABLE"]
    assert 7 == verbs["CREATE PROCEDURE"]
    assert text.lower().count("\ninsert ") == verbs["INSERT"]


def test_procedures() -> None:
    """All seven procedures are relations, and read what a person reads from them."""
    lineage = northwind()
    reads: dict[str, set[str]] = {}
    for edge in lineage.edges:
        if edge.subtype is Subtype.DEPENDENCY:
            reads.setdefault(edge.target.relation, set()).add(edge.source.relation.removeprefix("dbo."))

    assert 7 == sum(each.kind is RelationKind.PROCEDURE for each in lineage.relations)
    assert {"orders", "order details", "products", "categories"} == reads["dbo.salesbycategory"]
    assert {"customers", "orders", "order details", "products"} >= reads["dbo.custorderhist"]


def test_tables_have_types() -> None:
    """The columns of a table come with their declared types."""
    (shippers,) = [each for each in northwind().relations if each.key == "dbo.shippers"]

    assert [("ShipperID", "int"), ("CompanyName", "nvarchar(40)"), ("Phone", "nvarchar(24)")] == [
        (column.name, column.data_type) for column in shippers.columns
    ]


def test_decoding() -> None:
    """Scripts come as UTF-16, as UTF-8 with or without a mark, or as Latin-1."""
    assert ["ä"] * 4 == [
        decoded("ä".encode(encoding)) for encoding in ("utf-16", "utf-8-sig", "utf-8", "latin-1")
    ]
