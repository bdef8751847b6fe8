"""Every way in which a catalog's files can break their contract has its own code, and shows its rows."""

from pathlib import Path

import duckdb
import pytest

from jobs.engines.files.roles import Role
from jobs.engines.metadata import contract, read
from jobs.engines.metadata.contract import Breach, columns_of
from jobs.engines.metadata.read import read_catalog
from jobs.engines.metadata.tables import sandbox
from jobs.engines.metadata.texts import shown, text_of
from jobs.engines.metadata.values import Catalog, NamedFile
from jobs.errors import BadCatalog, Problem
from tests.catalogs import CATALOG, COLUMNS, OBJECTS, values, write

OBJECT = "object_id, schema_name, object_name, object_type"
LOG = "SELECT 'SELECT 1' AS command_text"
BROKEN = {
    Breach.COLUMN_MISSING: {
        "objects": "SELECT 1::BIGINT AS object_id, 's' AS schema_name, 'Table' AS object_type"
    },
    Breach.WRONG_TYPE: {"objects": OBJECTS.replace("1::BIGINT", "1::INTEGER")},
    Breach.NO_OBJECTS: {"objects": f"{OBJECTS} LIMIT 0"},
    Breach.NULL_VALUE: {"objects": values(OBJECT, "(1::BIGINT, NULL::VARCHAR, 'a', 'Table')")},
    Breach.DUPLICATE_OBJECT: {
        "objects": values(OBJECT, "(1::BIGINT, 's', 'a', 'Table')", "(1, 's', 'b', 'Table')")
    },
    Breach.DUPLICATE_NAME: {
        "objects": values(OBJECT, "(1::BIGINT, 's', 'a', 'Table')", "(2, 's', 'a', 'View')")
    },
    Breach.UNKNOWN_OBJECT_TYPE: {"objects": values(OBJECT, "(1::BIGINT, 's', 'a', 'Index')")},
    Breach.EMPTY_NAME: {"objects": values(OBJECT, "(1::BIGINT, 's', '  ', 'Table')")},
    Breach.BAD_NAME: {"objects": values(OBJECT, "(1::BIGINT, 's', 'a' || chr(10), 'Table')")},
    Breach.DUPLICATE_DEFINITION: {
        "definitions": values("object_id, definition", "(2::BIGINT, 'a')", "(2, 'b')")
    },
    Breach.DUPLICATE_COLUMN: {"table_columns": f"{COLUMNS} UNION ALL {COLUMNS}"},
    Breach.TOO_LARGE: {
        "objects": OBJECTS.replace("SELECT *", "SELECT i AS extra, t.*") + ", range(10000) r(i)"
    },
}


def files(folder: Path, queries: dict[str, str]) -> dict[Role, NamedFile]:
    """Files by role, each called like it."""
    return {
        Role(name): NamedFile(f"{name}.parquet", write(folder, name, query)) for name, query in queries.items()
    }


def catalog(folder: Path, **queries: str) -> Catalog:
    return read_catalog(files(folder, {**CATALOG, **queries}))


def objects(count: int, kind: str) -> str:
    """A query for many objects."""
    names = "i::BIGINT AS object_id, 's' AS schema_name, 'a' || i AS object_name"
    return f"SELECT {names}, {kind} AS object_type FROM range({count}) r(i)"


def problems(folder: Path, **queries: str) -> tuple[Problem, ...]:
    with pytest.raises(BadCatalog) as refused:
        catalog(folder, **queries)
    return refused.value.problems


@pytest.mark.parametrize("code", BROKEN)
def test_each_breach_has_its_code(tmp_path: Path, code: Breach) -> None:
    """Each breach alone is one problem of its own code, with the file, and rows where there are some."""
    (problem,) = problems(tmp_path, **BROKEN[code])

    (file,) = BROKEN[code]
    assert (code, f"{file}.parquet") == (problem.code, problem.file)
    of_files = {Breach.COLUMN_MISSING, Breach.WRONG_TYPE, Breach.NO_OBJECTS, Breach.TOO_LARGE}
    assert (code in of_files) == (not problem.rows)
    assert all(row.startswith("row ") for row in problem.rows)
    assert problem.row_count >= len(problem.rows)


def test_every_code_is_tested() -> None:
    """No breach is without a test: the one that is not in the table is that of files that cannot be read."""
    assert set(Breach) - set(BROKEN) == {Breach.UNREADABLE}


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1 and nothing else PAR1", b"object_id\n1"])
def test_files_that_are_no_parquet(tmp_path: Path, content: bytes) -> None:
    """A file that cannot be read is told by its name, never by its place, beside what is wrong with others."""
    there = files(tmp_path, {**CATALOG, "definitions": "SELECT '1' AS object_id, 'a' AS definition"})
    broken = tmp_path / "secret-place"
    broken.write_bytes(content)
    with pytest.raises(BadCatalog) as refused:
        read_catalog({**there, Role.OBJECTS: NamedFile("a.parquet", broken)})

    found = {each.code: each for each in refused.value.problems}
    assert {Breach.UNREADABLE, Breach.WRONG_TYPE} == set(found)
    assert "a.parquet" == found[Breach.UNREADABLE].file
    assert "secret-place" not in found[Breach.UNREADABLE].message


def test_at_most_five_rows_are_shown(tmp_path: Path) -> None:
    """Of many bad rows all are counted and the first five shown, short and on one line."""
    many = objects(1_000, "repeat('x', 500) || chr(10)")
    (problem,) = problems(tmp_path, objects=many)

    assert (1000, 5) == (problem.row_count, len(problem.rows))
    assert problem.rows[0].startswith("row 1: object_id 0, schema_name 's', object_name 'a0', object_type 'xxx")
    assert all(len(row) < 200 and "\n" not in row for row in problem.rows)


def test_what_is_read(tmp_path: Path) -> None:
    """Objects come by name with definition and columns in order, needs by row, statements of the log once."""
    found = catalog(
        tmp_path,
        table_columns=COLUMNS,
        query_logs="SELECT unnest(['b', 'a', 'b', NULL, ' ']) AS command_text",
        dependencies=values(
            "referencing_object_id, referenced_object_id, referenced_schema_name, referenced_object_name",
            "(2::BIGINT, 1::BIGINT, 'dbo', 'Orders')",
            "(2, NULL, 'other', 'T')",
            "(9, 1, NULL, NULL)",
        ),
    )

    assert ["Archive", "Orders", "vOrders"] == [each.name for each in found.objects]
    assert (("id", "int"), ("price", "money")) == found.objects[1].columns
    assert [(2, 1), (2, None), (None, 1)] == [(each.dependent, each.needed) for each in found.needs]
    assert ("dbo.vOrders", "other.T") == found.needs[1].shown
    assert ("object 9", "dbo.Orders") == found.needs[2].shown
    assert ("b", "a") == found.statements
    assert any("2 rows with ids of objects" in words for words in found.warnings)
    assert any("1 row without SQL" in words for words in found.warnings)


def test_types_in_any_capitals(tmp_path: Path) -> None:
    """Columns and object types may be in any capitals."""
    found = catalog(tmp_path, objects=values(OBJECT.upper(), "(2::BIGINT, 's', 'a', 'STORED procedure ')"))

    assert "Stored Procedure" == found.objects[0].kind


def test_texts_beyond_what_is_digested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Definitions and logs beyond what a run digests are refused, bytes or text; so are many statements."""
    monkeypatch.setattr(read, "MAX_TEXT_BYTES", 40)
    monkeypatch.setattr(read, "MAX_STATEMENTS", 2)
    for given in ("repeat('x', 50)", "repeat('x', 50)::BLOB"):
        (problem,) = problems(tmp_path, definitions=f"SELECT 2::BIGINT AS object_id, {given} AS definition")
        assert (Breach.TOO_LARGE, "definition") == (problem.code, problem.field)
    (problem,) = problems(
        tmp_path,
        definitions="SELECT 2::BIGINT AS object_id, 'a' AS definition",
        query_logs="SELECT i::VARCHAR AS command_text FROM range(3) r(i)",
    )
    assert ("query_logs.parquet", 3) == (problem.file, problem.row_count)


def test_a_million_objects(tmp_path: Path) -> None:
    """A million objects are refused by their number, which the file's footer tells, before any is read."""
    many = objects(1_000_000, "'Table'")
    (problem,) = problems(tmp_path, objects=many)

    assert (Breach.TOO_LARGE, 1_000_000) == (problem.code, problem.row_count)
    assert (
        f"at most {contract.MAX_ROWS[Role.OBJECTS]:,} are taken: submit it as several runs" in problem.message
    )


def test_more_memory_than_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text that grows beyond the memory of the reader is a problem of its own, not a death."""
    monkeypatch.setattr("jobs.engines.metadata.tables.MEMORY_BYTES", 20_000_000)
    swollen = "SELECT i::BIGINT AS object_id, repeat('x', 20000) AS definition FROM range(5000) r(i)"
    (problem,) = problems(tmp_path, definitions=swollen)

    assert Breach.TOO_LARGE == problem.code


def test_needed_files(tmp_path: Path) -> None:
    """Callers who leave out a needed file have made a mistake of their own."""
    with pytest.raises(ValueError, match="no file of objects, dependencies"):
        read_catalog(files(tmp_path, {"definitions": CATALOG["definitions"]}))
    assert "command_text" == columns_of(Role.QUERY_LOGS)


def test_the_sandbox_reaches_its_files_only(tmp_path: Path) -> None:
    """What reads the files can read no other file, write none, and be told nothing else."""
    mine, other = write(tmp_path, "it's mine", OBJECTS), write(tmp_path, "other", OBJECTS)
    with sandbox([NamedFile("mine", mine)]) as database:
        assert [(3,)] == database.execute("SELECT count(*) FROM read_parquet(?)", [str(mine)]).fetchall()
        for forbidden in (
            f"SELECT * FROM read_parquet('{other}')",
            "SELECT * FROM read_text('/etc/passwd')",
            f"COPY (SELECT 1) TO '{tmp_path / 'new'}'",
            "SET enable_external_access = true",
            "SET memory_limit = '10GB'",
            "INSTALL httpfs",
        ):
            with pytest.raises(duckdb.Error):
                database.execute(forbidden)


SQL = "CREATE VIEW dbo.v AS\r\nSELECT 'ä' AS x -- ü\r\nGO"


@pytest.mark.parametrize(
    "given",
    [
        SQL,
        "\ufeff" + SQL,
        SQL.encode(),
        SQL.encode("utf-8-sig"),
        SQL.encode("cp1252"),
        SQL.encode("utf-16"),
        ("\ufeff" + SQL).encode("utf-16-be"),
        SQL.encode("utf-16-le"),
        SQL.encode("utf-16-be"),
        SQL.encode("utf-16-le").decode("latin-1"),
        SQL.encode("utf-16-be").decode("latin-1"),
        SQL.encode("utf-16").decode("latin-1"),
        ("\ufeff" + SQL).encode("utf-16-be").decode("latin-1"),
    ],
)
def test_texts_of_any_encoding(given: str | bytes) -> None:
    """A definition is the same text, with its line ends and comments, whatever a dump made of it."""
    assert SQL == text_of(given)


def test_texts_with_some_nuls() -> None:
    """A NUL here and there becomes a blank; whole characters between NULs lose them."""
    assert "SELECT 1 AS a, 2 AS b" == text_of("SELECT\x001 AS a, 2 AS b")
    assert "a€b€" == text_of("a\0€\0b\0€\0")


def test_values_in_rows_that_are_shown() -> None:
    """Values are shown so that one can tell NULL from text, and bytes by their number."""
    assert ["NULL", "'a\\n'", "3 bytes", "7"] == [shown(each) for each in (None, "a\n", b"abc", 7)]
