"""Reading files into rows, in this process."""

import gzip
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from jobs.engines.sql.errors import BadRows, QueryOutOfMemory, QueryOutOfTempSpace, TooManyColumns
from jobs.engines.sql.files import FileFormat, check_array, dialect_of, format_of
from jobs.engines.sql.loading import Load, load_rows, loaded
from jobs.engines.sql.values import Column, Limits

MB = 1 << 20


def load_of(folder: Path, body: bytes, name: str = "a.csv", limits: Limits | None = None) -> Load:
    """A load of a file with these bytes."""
    file = folder / name
    file.write_bytes(body)
    output = folder / "out"
    output.mkdir()
    form = format_of(name)
    assert form is not None
    return Load(file, name, form, output / "rows.parquet", limits=limits or Limits())


def test_rows(tmp_path: Path) -> None:
    """The rows of a file are in a Parquet file, and progress may be told."""
    load = load_of(tmp_path, b"a,b\n1,x\n2,\n")
    found = load_rows(load, tmp_path / "progress")

    assert ((Column("a", "BIGINT"), Column("b", "VARCHAR")), 2) == (found.columns, found.row_count)
    assert [(1, "x"), (2, None)] == duckdb.connect().execute(
        "FROM read_parquet(?)", [str(load.output)]
    ).fetchall()
    assert load.output.stat().st_size == found.size_bytes


def test_into_a_table(tmp_path: Path) -> None:
    """Values are converted to the types of the table that they come behind."""
    load = replace(load_of(tmp_path, b"B,a\nx,1\n"), into=(Column("a", "HUGEINT"), Column("b", "VARCHAR")))

    assert load.into == loaded(load).columns


def test_many_columns_are_listed_shortly(tmp_path: Path) -> None:
    """Of many columns that do not fit, a few are named and the rest counted."""
    head = ",".join(f"c{place}" for place in range(8)).encode()
    load = replace(load_of(tmp_path, head + b"\n"), into=(Column("a", "BIGINT"),))

    with pytest.raises(BadRows, match="lacks a and has c0, c1, c2, c3, c4 and 3 more"):
        loaded(load)


def test_too_many_columns(tmp_path: Path) -> None:
    """A file with more columns than are allowed is refused."""
    with pytest.raises(TooManyColumns, match="3 columns, and 2"):
        loaded(load_of(tmp_path, b"a,b,c\n1,2,3\n", limits=Limits(columns=2)))


def test_out_of_memory_or_disk(tmp_path: Path) -> None:
    """A file that takes more memory than there is is refused, and the hint says what to do."""
    body = b"a\n" + b"x" * (40 * MB) + b"\n"
    limits = Limits(memory_bytes=8 * MB, temp_bytes=1 * MB, threads=1)

    with pytest.raises((QueryOutOfMemory, QueryOutOfTempSpace, BadRows)) as caught:
        loaded(load_of(tmp_path, body, limits=limits))
    assert caught.value.hint


def test_nothing_else_is_reached(tmp_path: Path) -> None:
    """A file's name is no way to another one: it is only shown."""
    load = replace(load_of(tmp_path, b"{nope", "a.json"), file_name="/etc/passwd")

    with pytest.raises(BadRows, match=r"^/etc/passwd cannot be read as JSON"):
        loaded(load)


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.CSV", FileFormat.CSV),
        ("a.ndjson.gz", FileFormat.JSON),
        ("a.parquet", FileFormat.PARQUET),
        ("a", None),
    ],
)
def test_what_names_claim(name: str, form: FileFormat | None) -> None:
    """A name says what a file is written in, also of one that is packed."""
    assert form is format_of(name)


def test_a_line_without_end(tmp_path: Path) -> None:
    """A value longer than any is taken for one value, not for an error of ours."""
    load = load_of(tmp_path, b'"' + b"x" * 200_000 + b'"\n')

    assert 1 == dialect_of(load).width


def test_arrays_end(tmp_path: Path) -> None:
    """An array is whole if it ends with its bracket, whatever white space is around it, also when packed."""
    whole = load_of(tmp_path, gzip.compress(b' [{"a": 1}]\n '), "a.json.gz")

    check_array(whole.file, whole.file_name)
    assert 1 == loaded(whole).row_count


def test_a_mark_before_json(tmp_path: Path) -> None:
    """JSON with a byte order mark, as some editors save it, is refused by that name."""
    with pytest.raises(BadRows, match="byte order mark"):
        loaded(load_of(tmp_path, b'\xef\xbb\xbf[{"a": 1}]', "a.json"))
