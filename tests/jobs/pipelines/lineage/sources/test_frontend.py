"""Nodes of front ends become relations and dependencies, each under a name that folds to its own key."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from jobs.engines.files.roles import Role
from jobs.engines.lineage.values import Origin, RelationKind, SqlText
from jobs.errors import BadCatalog
from jobs.pipelines.lineage.sources.frontend import read
from jobs.pipelines.lineage.sources.material import File, Material
from tests.jobs.engines.files.packs import written
from tests.jobs.engines.lineage.test_imported import node


def material(folder: Path, *nodes: dict[str, Any], dialect: str = "tsql") -> Material:
    path = written(folder, orjson.dumps(nodes))
    return read([File("x.json", Role.FRONTEND_JSON, path)], dialect)


def test_what_nodes_tell(tmp_path: Path) -> None:
    """A node is a relation with its kind, words and definition; references are dependencies, each once."""
    view = node(
        "7",
        name="v Orders",
        schema="db.dbo",
        object_type="View",
        description="Orders",
        inputs=["8"],
        ddl_text="CREATE VIEW",
        parse_success=False,
    )
    told = material(tmp_path, view, node("8", name="t", outputs=["7", "8"]))

    declared, table = told.relations
    assert ('db.dbo."v Orders"', RelationKind.VIEW, "Orders", False) == (
        declared.name,
        declared.kind,
        declared.description,
        declared.explained,
    )
    assert ("t", RelationKind.TABLE, None) == (table.name, table.kind, table.definition)
    (dependency,) = told.dependencies
    assert ("t", 'db.dbo."v Orders"', Origin.IMPORTED) == (
        dependency.source,
        dependency.target,
        dependency.origin,
    )
    record, definition = told.records
    assert SqlText("x.json", 'db.dbo."v Orders" depends on t') == record
    assert SqlText("x.json: 7", "CREATE VIEW") == definition
    assert declared.definition is not None
    assert ("x.json: 7", 0, 11) == (
        declared.definition.text,
        declared.definition.span.start,
        declared.definition.span.end,
    )


def test_lines_of_the_record(tmp_path: Path) -> None:
    """Each dependency points at its line, whatever line breaks are in names."""
    told = material(tmp_path, node("a"), node("b\nb", inputs=["a"]), node("c", inputs=["a", "b\nb"]))

    (record,) = told.records
    for place, each in enumerate(told.dependencies, start=1):
        line = record.sql.splitlines()[each.record.span.line - 1]
        assert place == each.record.span.line
        assert line == record.sql[each.record.span.start : each.record.span.end]


def test_names_that_differ_in_capitals_only(tmp_path: Path) -> None:
    """Where quotes protect capitals such names are quoted; where they do not, one relation is told twice."""
    nodes = node("Orders"), node("orders"), node("Other")

    assert ['"Orders"', '"orders"', "Other"] == [
        each.name for each in material(tmp_path, *nodes, dialect="postgres").relations
    ]
    with pytest.raises(BadCatalog) as refused:
        material(tmp_path, *nodes)
    (problem,) = refused.value.problems
    assert ("DUPLICATE_NAME", "[1].name", ("[1].name: orders, as [0].name",)) == (
        problem.code,
        problem.field,
        problem.rows,
    )


def test_unknown_fields_are_told(tmp_path: Path) -> None:
    """Fields that nothing is known of are left out with a warning."""
    (warning,) = material(tmp_path, node(colour=1, size=2)).warnings

    assert "x.json: nothing is known of the fields colour, size; they are left out." == warning
