"""Files that become tables, from the submission to the rows that a query reads."""

import gzip
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from db.models import Run, RunStatus
from db.warehouse import versions_of
from jobs.engines.sql.files import FileFormat, TextEncoding
from jobs.errors import BadFile, InvalidParams, UnknownUpload
from jobs.pipeline import from_json
from jobs.pipelines.table.values import LoadedColumn, TableMode, TableResult
from tests.catalogs import uploaded, write
from tests.house import House
from tests.jobs.pipelines.query.queries import answer, rows, tables

CSV = b"id,word\n1,a\n2,b\n"


async def given(house: House, folder: Path, body: bytes, name: str) -> str:
    path = folder / uuid4().hex
    path.write_bytes(body)
    return await uploaded(house, path, name)


async def loaded(house: House, folder: Path, body: bytes, called: str, **params: Any) -> Run:
    """A run that read a file into the table `t`, however it ended."""
    upload = await given(house, folder, body, called)
    run = await house.submitted("table", upload=upload, **({"name": "t"} | params))
    await house.execute(run)
    return await house.row(run)


def result_in(row: Run) -> TableResult:
    assert row.error is None, row.error
    assert row.result is not None
    return from_json(TableResult, row.result)


async def test_a_file_becomes_a_table(house: House, tmp_path: Path) -> None:
    """The rows of a file are a table that queries read, and what was made of which file is told."""
    row = await loaded(house, tmp_path, CSV, "words.csv", name="shop.words")
    result = result_in(row)

    assert RunStatus.COMPLETED == row.status
    assert ("shop", "words", 1, None) == (result.schema, result.name, result.version, result.made_of)
    assert (LoadedColumn("id", "BIGINT"), LoadedColumn("word", "VARCHAR")) == result.columns
    assert (2, "words.csv", FileFormat.CSV) == (result.row_count, result.file, result.format)
    assert CSV == house.artifacts.path(result.file_sha256).read_bytes()
    view = (await tables(house))["shop.words"]
    assert (1, 2, row.run_id) == (view.version, view.row_count, view.run_id)
    assert [(1, "a"), (2, "b")] == [(int(str(n)), w) for n, w in await rows(house, "FROM shop.words")]


@pytest.mark.parametrize(
    ("body", "name", "params", "columns", "count"),
    [
        (b"a;b\n1;x\n", "a.csv", {}, [("a", "BIGINT"), ("b", "VARCHAR")], 1),
        (b"a\tb\n1\t2\n", "a.tsv", {}, [("a", "BIGINT"), ("b", "BIGINT")], 1),
        (gzip.compress(b"a,b\n1,2\n"), "a.csv.gz", {}, [("a", "BIGINT"), ("b", "BIGINT")], 1),
        (b"a\n" + b"1\n" * 50_000 + b"x\n", "a.csv", {}, [("a", "VARCHAR")], 50_001),
        (
            "name\nMüller\n".encode("latin-1"),
            "a.csv",
            {"encoding": TextEncoding.LATIN_1},
            [("name", "VARCHAR")],
            1,
        ),
        ("name,n\nMüller,1\n".encode("utf-16"), "a.csv", {}, [("name", "VARCHAR"), ("n", "BIGINT")], 1),
        (b"1,2\n3,4\n", "a.csv", {"header": False}, [("column0", "BIGINT"), ("column1", "BIGINT")], 2),
        (b"1,2\n3,4\n", "a.csv", {"header": True}, [("1", "BIGINT"), ("2", "BIGINT")], 1),
        (
            b"a_b\n1_2\n",
            "a.txt",
            {"format": FileFormat.CSV, "delimiter": "_"},
            [("a", "BIGINT"), ("b", "BIGINT")],
            1,
        ),
        (b"a,a,\n1,2,3\n", "a.csv", {}, [("a", "BIGINT"), ("a_1", "BIGINT"), ("column2", "BIGINT")], 1),
        (b"a,b\n", "a.csv", {}, [("a", "VARCHAR"), ("b", "VARCHAR")], 0),
        (b'a,b\n"x, ""y""\n z",1\n', "a.csv", {}, [("a", "VARCHAR"), ("b", "BIGINT")], 1),
        (b'[{"a": 1, "b": [true]}, {"a": 2}]', "a.json", {}, [("a", "BIGINT"), ("b", "BOOLEAN[]")], 2),
        (b'{"a": 1}\n{"a": 2.5}\n', "a.jsonl", {}, [("a", "DOUBLE")], 2),
    ],
    ids=[
        *("semicolons", "tabs", "gzip", "a late text", "Latin-1", "UTF-16", "no head", "a head of numbers"),
        *("a separator", "names twice", "no rows", "quotes", "an array", "lines"),
    ],
)
async def test_forms(  # noqa: PLR0917 - pytest gives them by name
    sqlite_house: House,
    tmp_path: Path,
    body: bytes,
    name: str,
    params: dict[str, Any],
    columns: list[tuple[str, str]],
    count: int,
) -> None:
    """Files are read as they are written: separators, heads, types and packing are found out or said."""
    result = result_in(await loaded(sqlite_house, tmp_path, body, name, **params))

    assert columns == [(column.name, column.type) for column in result.columns]
    assert count == result.row_count == (await tables(sqlite_house))["t"].row_count


async def test_parquet(sqlite_house: House, tmp_path: Path) -> None:
    """Parquet keeps its types."""
    path = write(
        tmp_path, "a.parquet", "SELECT 1::DECIMAL(9, 2) AS d, DATE '2024-02-29' AS day, {'x': [1]} AS s"
    )
    upload = await uploaded(sqlite_house, path, "a.parquet")
    run = await sqlite_house.submitted("table", upload=upload, name="t")
    await sqlite_house.execute(run)
    result = result_in(await sqlite_house.row(run))

    assert ["DECIMAL(9,2)", "DATE", "STRUCT(x INTEGER[])"] == [column.type for column in result.columns]


@pytest.mark.parametrize(
    ("body", "name", "words"),
    [
        (b"a,b,c\n" + b"1,2,3\n" * 100 + b"1,2\n" + b"1,2,3,4,5\n", "a.csv", "in line 102"),
        (b'a,b\n"x,1\n2,3\n', "a.csv", "unterminated quote"),
        ("name\nMüller\n".encode("latin-1"), "a.csv", "not utf-8"),
        (b"\n \n", "a.csv", "is empty"),
        (gzip.compress(b"a,b\n1,2\n" * 1000)[:-20], "a.csv.gz", "damaged gzip"),
        (b'[{"a": 1},', "a.json", "is cut"),
        (b'{"a": 1}\nnope\n', "a.jsonl", "Malformed JSON"),
        (b"[1, 2]", "a.json", "expected records"),
        (b"a,b\n1,2\n", "a.txt", "cannot be read as PARQUET"),
    ],
    ids=[
        "ragged",
        "quote",
        "encoding",
        "empty",
        "cut gzip",
        "cut array",
        "no JSON",
        "no objects",
        "no Parquet",
    ],
)
async def test_bad_files(sqlite_house: House, tmp_path: Path, body: bytes, name: str, words: str) -> None:
    """What is not what it is said to be is told as such, with its name and no path, and makes no table."""
    params = {"format": FileFormat.PARQUET} if name.endswith(".txt") else {}
    row = await loaded(sqlite_house, tmp_path, body, name, **params)

    assert row.error is not None
    assert ("BAD_FILE", True) == (row.error["code"], bool(row.error["hint"]))
    assert words in row.error["message"]
    assert name in row.error["message"]
    assert str(tmp_path) not in str(row.error)
    assert {} == await tables(sqlite_house)


async def test_append(house: House, tmp_path: Path) -> None:
    """Rows come behind those of a table, by the names of its columns; its older version stays as it was."""
    await loaded(house, tmp_path, CSV, "a.csv")
    result = result_in(await loaded(house, tmp_path, b"word,ID\nc,3\n", "b.csv", mode=TableMode.APPEND))

    assert (2, 1, 1) == (result.version, result.made_of, result.row_count)
    assert [(1, "a"), (2, "b"), (3, "c")] == [(int(str(n)), w) for n, w in await rows(house, "FROM t")]
    view = (await tables(house))["t"]
    read = await house.store.read(lambda session: versions_of(session, view.pk, after=None, limit=9))
    assert [(2, 3, "append"), (1, 2, "create")] == [(each.number, each.row_count, each.act) for each in read]


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (b"id\n3\n", "BAD_FILE", "lacks word"),
        (b"id,word,x\n3,c,1\n", "BAD_FILE", "has x, which the table has not"),
        (b"id,word\nx,c\n", "BAD_FILE", "convert"),
    ],
    ids=["missing", "beyond", "types"],
)
async def test_append_what_does_not_fit(
    sqlite_house: House, tmp_path: Path, body: bytes, code: str, words: str
) -> None:
    """Rows with other columns, or values that do not fit, are refused, and the table stays as it is."""
    await loaded(sqlite_house, tmp_path, CSV, "a.csv")
    row = await loaded(sqlite_house, tmp_path, body, "b.csv", mode=TableMode.APPEND)

    assert row.error is not None
    assert code == row.error["code"]
    assert words in row.error["message"]
    assert 1 == (await tables(sqlite_house))["t"].version


async def test_replace(sqlite_house: House, tmp_path: Path) -> None:
    """The rows and columns of a file take the place of a table's, or make it if there is none."""
    first = result_in(await loaded(sqlite_house, tmp_path, CSV, "a.csv", mode=TableMode.REPLACE))
    second = result_in(await loaded(sqlite_house, tmp_path, b"x\n9\n", "b.csv", mode=TableMode.REPLACE))

    assert [(1, None), (2, 1)] == [(each.version, each.made_of) for each in (first, second)]
    assert [(9,)] == [(int(str(x)),) for (x,) in await rows(sqlite_house, "FROM t")]


async def test_modes_that_do_not_fit(sqlite_house: House, tmp_path: Path) -> None:
    """A table that is there is not made, and one that is not there gets no rows."""
    absent = await loaded(sqlite_house, tmp_path, CSV, "a.csv", mode=TableMode.APPEND)
    await answer(sqlite_house, "CREATE TABLE t AS SELECT 1 AS id")
    there = await loaded(sqlite_house, tmp_path, CSV, "a.csv")

    assert ["VALIDATION_FAILED", "TABLE_EXISTS"] == [
        row.error["code"] for row in (absent, there) if row.error is not None
    ]


async def test_two_writers(sqlite_house: House, tmp_path: Path) -> None:
    """Of two runs that make one table, the second is told that there is one, and nothing is lost."""
    upload = await given(sqlite_house, tmp_path, CSV, "a.csv")
    first, second = [await sqlite_house.submitted("table", upload=upload, name="t") for _ in range(2)]
    await sqlite_house.execute(first)
    await sqlite_house.execute(second)
    row = await sqlite_house.row(second)

    assert row.error is not None
    assert "TABLE_EXISTS" == row.error["code"]


async def test_refused_when_submitted(sqlite_house: House, tmp_path: Path) -> None:
    """Params that cannot be, and uploads that are none, are refused with their field."""
    upload = await given(sqlite_house, tmp_path, CSV, "a.csv")
    unnamed = await given(sqlite_house, tmp_path, CSV, "a.txt")
    refused: list[tuple[dict[str, Any], str]] = [
        ({"upload": "x"}, "upload"),
        ({"name": "a.b.c"}, "name"),
        ({"name": ""}, "name"),
        ({"delimiter": ",,"}, "delimiter"),
        ({"delimiter": '"'}, "delimiter"),
        ({"format": FileFormat.JSON, "header": True}, "header"),
    ]
    for params, field in refused:
        with pytest.raises(InvalidParams) as caught:
            await sqlite_house.submitted("table", **({"upload": upload, "name": "t"} | params))
        assert field == caught.value.field
    with pytest.raises(UnknownUpload):
        await sqlite_house.submitted("table", upload=str(uuid4()), name="t")
    with pytest.raises(BadFile, match="does not say"):
        await sqlite_house.submitted("table", upload=unnamed, name="t")
