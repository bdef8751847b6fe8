"""A CREATE TABLE is made for every table whose columns are known, and databases take it."""

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.ddl import create_table, portable_type
from jobs.engines.lineage.dialects import DIALECTS, UnknownDialect
from jobs.engines.lineage.values import Column, SqlText
from tests.duck import fresh_database

TSQL = {
    "nvarchar(max)": "VARCHAR",
    "nvarchar(50)": "VARCHAR(50)",
    "char(10)": "VARCHAR(10)",
    "varchar": "VARCHAR",
    "money": "DECIMAL(19, 4)",
    "smallmoney": "DECIMAL(10, 4)",
    "datetime2(7)": "TIMESTAMP",
    "datetimeoffset(7)": "TIMESTAMPTZ",
    "time(7)": "TIME",
    "bit": "BOOLEAN",
    "tinyint": "SMALLINT",
    "varbinary(max)": "BLOB",
    "varbinary": "BLOB",
    "timestamp": "BLOB",
    "decimal(18,2)": "DECIMAL(18, 2)",
    "numeric": "DECIMAL(18, 0)",
    "decimal(50,2)": "DOUBLE",
    "decimal(a)": "VARCHAR",
    "float(53)": "DOUBLE",
    "real": "REAL",
    "uniqueidentifier": "UUID",
    "hierarchyid": "VARCHAR",
    "geography": "VARCHAR",
    "sysname": "VARCHAR",
    "dbo.Phone": "VARCHAR",
    "": "VARCHAR",
    "int); DROP TABLE x; --": "VARCHAR",
}


def made(columns: list[Column], name: str = "dbo.T", dialect: str = "tsql") -> list[tuple[str, str]]:
    """The columns that DuckDB has after it ran what was generated."""
    with fresh_database() as database:
        database.execute("CREATE SCHEMA dbo")
        database.execute(create_table(name, columns, dialect=dialect))
        found = "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = current_database()"
        return database.sql(f"{found} ORDER BY column_index").fetchall()


def test_types_of_sql_server() -> None:
    """Each T-SQL type has a portable one in its place, and VARCHAR stands for what nobody knows."""
    assert TSQL == {given: portable_type(given, "tsql") for given in TSQL}


def test_duckdb_runs_it() -> None:
    """DuckDB takes a table of all these types, every sqlglot dialect reads it, and so does our engine."""
    columns = [Column(f"c {place}", given) for place, given in enumerate(TSQL)]
    assert [column.name for column in columns] == [name for name, _ in made(columns)]

    ddl = create_table("dbo.T", columns, dialect="tsql")
    for parser in DIALECTS.values():
        assert len(TSQL) == len(sqlglot.parse_one(ddl, dialect=parser).this.expressions)
    (relation,) = analyse([SqlText("t.sql", ddl)], "tsql").relations
    assert ("dbo.T", True, len(TSQL)) == (relation.name, relation.columns_complete, len(relation.columns))


@pytest.mark.parametrize(
    ("given", "dialect", "wanted"),
    [
        ("timestamp(6) with time zone", "postgres", "TIMESTAMPTZ"),
        ("timestamp without time zone", "postgres", "TIMESTAMP"),
        ("time with time zone", "postgres", "TIME"),
        ("timestamp", "postgres", "TIMESTAMP"),
        ("double precision", "postgres", "DOUBLE"),
        ("character varying(20)", "postgres", "VARCHAR(20)"),
        ("NUMBER", "oracle", "DOUBLE"),
        ("NUMBER(10)", "oracle", "DECIMAL(10, 0)"),
        ("numeric", "postgres", "DECIMAL(38, 9)"),
        ("int unsigned", "mysql", "VARCHAR"),
        ("bit(3) varying", "postgres", "VARCHAR"),
    ],
)
def test_types_of_others(given: str, dialect: str, wanted: str) -> None:
    """Types of other dialects find their portable ones, too."""
    assert wanted == portable_type(given, dialect)


def test_what_was_given_stays_visible() -> None:
    """The original type stands behind a column as a comment, unless it is the same or was not told."""
    ddl = create_table("s.t", [Column("a", "INTEGER"), Column("b", "hierarchyid"), Column("c")], dialect="tsql")

    assert ddl.splitlines()[1:-1] == [
        "    a INTEGER,",
        "    b VARCHAR, -- hierarchyid",
        "    c VARCHAR -- its type is not known",
    ]


def test_a_name_twice_counts_once() -> None:
    """Of two columns whose names differ in capitals only, the first is created."""
    assert [("A", "INTEGER")] == made([Column("A", "int"), Column("a", "bigint")])


def test_what_cannot_be_created() -> None:
    """No columns make no table, and an unknown dialect is told."""
    with pytest.raises(ValueError, match="without columns"):
        create_table("t", [], dialect="tsql")
    with pytest.raises(UnknownDialect):
        create_table("t", [Column("a")], dialect="cobol")


def test_words_of_the_database() -> None:
    """Whatever word DuckDB keeps for itself can be the name of a column."""
    with fresh_database() as database:
        found = database.sql("SELECT DISTINCT keyword_name FROM duckdb_keywords() ORDER BY 1").fetchall()
    words = [word for (word,) in found]

    assert len(words) > 100
    assert words == [name for name, _ in made([Column(word) for word in words])]


ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)


@settings(deadline=None, max_examples=60)
@given(names=st.lists(ANY, min_size=1, max_size=5, unique_by=str.lower), data_type=st.none() | ANY)
def test_any_name_and_type(names: list[str], data_type: str | None) -> None:
    """Whatever names and types are, DuckDB makes a table with just these columns."""
    assert names == [name for name, _ in made([Column(name, data_type) for name in names])]
