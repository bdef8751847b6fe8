"""Rows leave as CSV, JSON Lines, Arrow and spreadsheets, and say the same in each."""

import csv
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import nanoarrow
import pytest
from nanoarrow.ipc import InputStream

from jobs.engines.sql import downloads
from jobs.engines.sql.downloads import write_arrow, write_csv, write_json_lines, write_xlsx
from jobs.engines.sql.duck import execute
from jobs.engines.sql.errors import TooMuchForSheet
from tests.jobs.engines.sql.desk import Desk

HOSTILE = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "plain", 'a,"b"\nc', "", None]


def kept(desk: Desk, sql: str, params: list[object] | None = None) -> Path:
    query = desk.query(sql, params or [])
    execute(query)
    return query.output


@pytest.fixture
def texts(desk: Desk) -> Path:
    return kept(desk, 'SELECT unnest($1::VARCHAR[]) AS "=t", -1 AS n, 2::HUGEINT AS h', [HOSTILE])


def test_csv(desk: Desk, texts: Path) -> None:
    """CSV has names first, quotes what needs it, and tells NULL from an empty text."""
    to = desk.folder / "rows.csv"
    write_csv(texts, to)
    content = to.read_bytes().decode()

    assert [["=t", "n", "h"], *([text or "", "-1", "2"] for text in HOSTILE)] == list(
        csv.reader(content.splitlines(keepends=True))
    )
    assert content.endswith('"",-1,2\r\n,-1,2\r\n')


def test_csv_is_formula_safe_on_demand(desk: Desk, texts: Path) -> None:
    """On demand, text that a spreadsheet program would execute gets an apostrophe; numbers stay numbers."""
    to = desk.folder / "rows.csv"
    write_csv(texts, to, formula_safe=True)
    rows = list(csv.reader(to.read_bytes().decode().splitlines(keepends=True)))

    assert ["'=t", "n", "h"] == rows[0]
    assert ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "plain"] == [row[0] for row in rows[1:8]]
    assert {"-1"} == {row[1] for row in rows[1:]}


def test_json_lines(desk: Desk) -> None:
    """JSON Lines has an object a row, with values by the value rule."""
    file = kept(
        desk, "SELECT 1::HUGEINT AS h, [1.5::DOUBLE, 'nan'] AS l, MAP {'a': DATE '2020-01-01'} AS m, NULL AS n"
    )
    to = desk.folder / "rows.jsonl"
    write_json_lines(file, to)

    expected = {"h": "1", "l": [1.5, "NaN"], "m": [{"key": "a", "value": "2020-01-01"}], "n": None}
    assert [expected] == [json.loads(line) for line in to.read_text(encoding="utf-8").splitlines()]


def test_arrow(desk: Desk) -> None:
    """Arrow IPC has all rows, typed."""
    file = kept(desk, "SELECT id, name, price, [id] AS l, id::HUGEINT AS h FROM items")
    to = desk.folder / "rows.arrows"
    write_arrow(file, to)
    with InputStream.from_path(to) as stream:
        found = nanoarrow.ArrayStream(stream).read_all()

    assert 1_000 == len(found)
    assert ["id", "name", "price", "l", "h"] == [child.name for child in found.schema.fields]
    assert {"id": 999, "name": "n999", "l": [999]}.items() <= found[999].as_py().items()


def test_spreadsheet(desk: Desk, texts: Path) -> None:
    """A spreadsheet has numbers as numbers and all text as text: no formula is made."""
    to = desk.folder / "rows.xlsx"
    write_xlsx(texts, to)
    with ZipFile(to) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()

    assert "<f>" not in sheet
    assert "<t>=1+1</t>" in sheet
    assert 20 == len(re.findall(r"<c r=\"[BC]\d+\"><v>", sheet))


def test_spreadsheet_without_rows(desk: Desk) -> None:
    """A result without rows still has the names of its columns."""
    to = desk.folder / "rows.xlsx"
    write_xlsx(kept(desk, "SELECT id AS nothing FROM items WHERE false"), to)
    with ZipFile(to) as book:
        assert "<t>nothing</t>" in book.read("xl/worksheets/sheet1.xml").decode()


def test_numbers_that_a_spreadsheet_would_round(desk: Desk) -> None:
    """A number of more digits than a spreadsheet keeps is text, as are NaN and Infinity."""
    sql = "SELECT 9007199254740993 AS a, 123456789012345 AS b, 1.5::DECIMAL(30,20) AS c, 'nan'::DOUBLE AS d"
    to = desk.folder / "rows.xlsx"
    write_xlsx(kept(desk, sql), to)
    with ZipFile(to) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()

    assert "<t>9007199254740993</t>" in sheet
    assert "<t>1.50000000000000000000</t>" in sheet
    assert "<t>NaN</t>" in sheet
    assert re.search(r"<c r=\"B2\"><v>123456789012345(\.0)?</v>", sheet)


@pytest.mark.parametrize(
    ("sql", "room"),
    [
        ("SELECT repeat('x', 32768) AS a", {}),
        ("SELECT 1 AS a, 2 AS b", {"SHEET_COLUMNS": 1}),
        ("SELECT * FROM range(5)", {"SHEET_ROWS": 5}),
    ],
)
def test_too_much_for_a_sheet(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, sql: str, room: dict[str, int]
) -> None:
    """What a sheet has no room for is refused, not cut."""
    for name, value in room.items():
        monkeypatch.setattr(downloads, name, value)
    with pytest.raises(TooMuchForSheet):
        write_xlsx(kept(desk, sql), desk.folder / "rows.xlsx")


@pytest.mark.parametrize("write", [write_csv, write_json_lines, write_arrow, write_xlsx])
def test_the_larger_libraries_are_not_needed(desk: Desk, write: Callable[[Path, Path], None]) -> None:
    """Downloads need neither pyarrow nor pandas, which are here for tests alone."""
    file = kept(desk, "SELECT *, now() AS at FROM items")
    code = (
        "import sys; sys.modules.update(pyarrow=None, pandas=None, pytz=None)\n"
        "from pathlib import Path\n"
        f"from jobs.engines.sql.downloads import {write.__name__} as write\n"
        "write(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    to = desk.folder / "made"

    subprocess.run([sys.executable, "-c", code, str(file), str(to)], check=True, timeout=60)

    assert to.stat().st_size > 0
