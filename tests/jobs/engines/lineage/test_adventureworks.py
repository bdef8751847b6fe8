"""Microsoft's larger sample scripts: every statement of every body explained or listed, and none crashes."""

import functools
from pathlib import Path

import pytest

from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.values import End, Lineage, Reason, RelationKind, SqlText, Subtype
from tests.jobs.engines.lineage.northwind import SCRIPT, decoded

SCRIPTS = ("instawdb.sql", "instawdbdw.sql")
NOT_COUNTED = {Reason.UNKNOWN_COLUMNS, Reason.UNBOUND_COLUMN, Reason.CYCLE, Reason.DUPLICATE}
CONTACT = "dbo.ufngetcontactinformation"


@functools.cache
def lineage_of(name: str) -> Lineage:
    """Return the lineage of a script, or skip the test where it is absent."""
    path: Path = SCRIPT.parents[1] / "adventureworks" / name
    if not path.exists():
        pytest.skip(f"{name} is not at hand (shared/data/tsql/adventureworks)")
    return analyse([SqlText(name, decoded(path.read_bytes()))], "tsql", default_schema="dbo")


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_statement_is_accounted_for(name: str) -> None:
    """Statements that do not count as explained are those around what is listed, and nothing else."""
    lineage = lineage_of(name)
    listed = {each.span.start for each in lineage.unresolved if each.reason not in NOT_COUNTED}

    assert Reason.CRASHED not in {each.reason for each in lineage.unresolved}
    assert len(lineage.statements) - lineage.explained == sum(
        any(each.span.start <= start <= each.span.end for start in listed) for each in lineage.statements
    )


def test_no_temporary_table_is_a_relation() -> None:
    """Table variables, inserted and deleted are no relations, and no edge begins or ends at one."""
    keys = {each.key for each in lineage_of(SCRIPTS[0]).relations}

    assert not {key for key in keys if key.startswith(("@", "#")) or key in {"dbo.inserted", "dbo.deleted"}}


def test_a_function_of_several_statements() -> None:
    """The columns of a function come, through variables and its table variable, from those of tables."""
    edges = lineage_of(SCRIPTS[0]).edges
    sources = {each.source for each in edges if each.target == End(CONTACT, "firstname")}

    assert {End("person.person", "firstname")} == sources


def test_procedures_touch_tables() -> None:
    """All ten procedures are relations; one that walks a bill of materials reads its two tables."""
    lineage = lineage_of(SCRIPTS[0])
    reads = {
        each.source.relation
        for each in lineage.edges
        if each.subtype is Subtype.DEPENDENCY and each.target.relation == "dbo.uspgetbillofmaterials"
    }

    assert 10 == sum(
        each.kind is RelationKind.PROCEDURE and each.statement is not None for each in lineage.relations
    )
    assert {"production.billofmaterials", "production.product"} == reads
