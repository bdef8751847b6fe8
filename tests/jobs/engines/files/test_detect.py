"""What a file brings is told by its content, and a name that claims something else is refused."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import duckdb
import pytest

from jobs.engines.files.detect import detect
from jobs.engines.files.roles import Role
from jobs.errors import BadFile
from tests.docs.snippets import ROOT

DUMP = ROOT / "examples" / "warehouse-parquet"
SQL = "SELECT 'größe' AS größe"


def zipped() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.sql", SQL)
    return target.getvalue()


def tarred(*, packed: bool = True) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        member = tarfile.TarInfo("a.sql")
        member.size = 3
        archive.addfile(member, io.BytesIO(b"abc"))
    return gzip.compress(target.getvalue()) if packed else target.getvalue()


def parquet(folder: Path, *columns: str) -> bytes:
    target = folder / "made.parquet"
    chosen = ", ".join(f'1 AS "{column}"' for column in columns)
    duckdb.execute(f"COPY (SELECT {chosen}) TO '{target}' (FORMAT parquet)")
    return target.read_bytes()


def told(folder: Path, content: bytes, name: str = "anything") -> Role:
    path = folder / ".writing-x"
    path.write_bytes(content)
    return detect(path, name)


@pytest.mark.parametrize("role", ["objects", "definitions", "dependencies", "query_logs", "table_columns"])
@pytest.mark.parametrize("name", ["a.parquet", "a", "A.PARQUET", "objects.bin"])
def test_catalog_files(tmp_path: Path, role: str, name: str) -> None:
    """The Parquet files of a catalog are told by their columns, under any name."""
    assert Role(role) is told(tmp_path, (DUMP / f"{role}.parquet").read_bytes(), name)


COLUMNS = [
    (("OBJECT_ID", "Schema_Name", "object_name", "OBJECT_TYPE"), Role.OBJECTS),
    (("object_id", "schema_name", "object_name", "object_type", "definition"), Role.OBJECTS),
    (("object_id", "definition", "extra"), Role.DEFINITIONS),
    (("referencing_object_id", "referenced_object_id"), Role.DEPENDENCIES),
    (
        (
            "referencing_schema_name",
            "referencing_object_name",
            "referenced_schema_name",
            "referenced_object_name",
        ),
        Role.DEPENDENCIES,
    ),
    (("command_text",), Role.QUERY_LOGS),
    (("schema_name", "table_name", "column_name", "data_type"), Role.TABLE_COLUMNS),
    (("object_id",), Role.OTHER),
    (("definition",), Role.OTHER),
]


@pytest.mark.parametrize(("columns", "role"), COLUMNS)
def test_roles_by_columns(tmp_path: Path, columns: tuple[str, ...], role: Role) -> None:
    """The columns that make a role count, whatever their capitals and whatever stands beside them."""
    assert role is told(tmp_path, parquet(tmp_path, *columns))


OTHERS = [
    (SQL.encode(), "v.sql", Role.SQL),
    (SQL.encode("latin-1"), "v.sql", Role.SQL),
    (SQL.encode("utf-8-sig"), "v.sql", Role.SQL),
    (SQL.encode("utf-16"), "v.sql", Role.SQL),
    (SQL.encode("utf-16-le"), "v.sql", Role.SQL),
    (SQL.encode("utf-16-be"), "v.sql", Role.SQL),
    (SQL.encode("utf-32"), "v.sql", Role.SQL),
    (b"\xe4" * 70_000, "v.sql", Role.SQL),
    ("ä".encode() * 65_535, "v.sql", Role.SQL),
    (b" ", "v.sql", Role.SQL),
    (b"PAR1", "v.sql", Role.SQL),
    (zipped(), "all.zip", Role.ARCHIVE),
    (zipped(), "anything", Role.ARCHIVE),
    (tarred(), "all.tar.gz", Role.ARCHIVE),
    (tarred(), "all.TGZ", Role.ARCHIVE),
    (tarred(), "anything", Role.ARCHIVE),
    (tarred(packed=False), "all.tar", Role.ARCHIVE),
    (tarred(packed=False), "anything", Role.ARCHIVE),
    (gzip.compress(b"select 1"), "v.sql.gz", Role.OTHER),
    (b"\0" * 1024, "anything", Role.OTHER),
    (b'[{"id": "1"}]', "lineage.json", Role.FRONTEND_JSON),
    (b' \n[ { "id"', "anything", Role.FRONTEND_JSON),
    (b"[]", "lineage.json", Role.FRONTEND_JSON),
    (
        b'{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"',
        "m",
        Role.DBT_MANIFEST,
    ),
    (
        b'{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"',
        "x.json",
        Role.DBT_CATALOG,
    ),
    (b'{"sorted": "by key"}', "manifest.json", Role.DBT_MANIFEST),
    (
        b'{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json"',
        "r.json",
        Role.OTHER,
    ),
    (b'{"eventTime": "2026-01-01T00:00:00Z", "producer": "p"}', "e.json", Role.OPENLINEAGE),
    (b'[{"producer": "p", "eventTime": "2026-01-01T00:00:00Z"}]', "events", Role.OPENLINEAGE),
    (b'{{ config(materialized="view") }} select 1', "model.sql", Role.SQL),
    (b"\xef\xbb\xbf[{}]", "lineage.json", Role.FRONTEND_JSON),
    (b"[1, 2]", "numbers.json", Role.OTHER),
    (b'{"a": 1}', "object.json", Role.OTHER),
    (b"\x00\x01\x02\x03", "anything", Role.OTHER),
    (b"\x00", "anything", Role.OTHER),
    (b"\x1f\x8b", "anything", Role.OTHER),
]


@pytest.mark.parametrize(("content", "name", "role"), OTHERS)
def test_other_files(tmp_path: Path, content: bytes, name: str, role: Role) -> None:
    """Texts in any encoding, archives and lineage as JSON are told; what is none of them is OTHER."""
    assert role is told(tmp_path, content, name)


LIES = [
    (SQL.encode(), "a.parquet", "no Parquet file"),
    (b"PAR1", "a.parquet", "no Parquet file"),
    (b"PAR1PAR1", "a.parquet", "no Parquet file"),
    (b"PAR1" + b"\xff" * 100, "a.parquet", "no Parquet file"),
    (b"PAR1" + b"\xff" * 100 + b"PAR1", "a.parquet", "cannot be read"),
    (b"PAR1" + b"\0" * 100 + b"PAR1", "a.bin", "cannot be read"),
    (zipped(), "a.parquet", "no Parquet file"),
    (zipped()[:20], "a.zip", "no zip archive"),
    (tarred(), "a.zip", "no zip archive"),
    (gzip.compress(b"select 1"), "a.tar.gz", "no tar.gz archive"),
    (tarred()[:12], "a.tgz", "no tar.gz archive"),
    (tarred(), "a.tar", "no tar archive"),
    (tarred(packed=False), "a.tar.gz", "no tar.gz archive"),
    (tarred(packed=False)[:500], "a.tar", "no tar archive"),
    (SQL.encode(), "a.sql.gz", "no gzip file"),
    (zipped(), "a.sql", "no text"),
    (b"\x00\x01\x02\x03", "a.sql", "no text"),
    (SQL.encode(), "a.json", "no JSON"),
]


@pytest.mark.parametrize(("content", "name", "words"), LIES)
def test_files_that_are_not_what_they_say(tmp_path: Path, content: bytes, name: str, words: str) -> None:
    """A file that is not what its name or its own first bytes claim is refused, naming it."""
    with pytest.raises(BadFile, match=words) as refused:
        told(tmp_path, content, name)

    assert name == refused.value.field
    assert "anew" in refused.value.hint


def test_a_footer_that_is_cut(tmp_path: Path) -> None:
    """A Parquet file of which any part is missing is refused, never a crash."""
    whole = parquet(tmp_path, "command_text")
    for end in range(8, len(whole), 7):
        with pytest.raises(BadFile):
            told(tmp_path, whole[:end] + b"PAR1", "a.parquet")


def test_folders_with_odd_names(tmp_path: Path) -> None:
    """Where the file lies does not matter, though its path may look like a pattern, or like SQL."""
    folder = tmp_path / "a[b] *?'); DROP"
    folder.mkdir()

    assert Role.QUERY_LOGS is told(folder, parquet(tmp_path, "command_text"))
