"""`headwater query` prints rows as they are asked for, and `headwater tables` what there is."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.graph.shell import headwater

pytestmark = pytest.mark.xdist_group("cli")
MAKE = "CREATE OR REPLACE TABLE shop.sold AS SELECT range AS n, 'a,\"' || range AS word FROM range(250)"


@pytest.fixture
def sold(url: str) -> str:
    """A service with a table of 250 rows."""
    said = headwater("query", MAKE, "--url", url)
    assert (0, "") == (said.status, said.out), said.err
    assert "250 rows" in said.err
    return url


def test_forms(sold: str, tmp_path: Path) -> None:
    """Rows are printed as a table, as CSV or as JSON, all pages of them; Parquet is written to a file."""
    asked = "SELECT n, word, NULL AS nothing FROM shop.sold ORDER BY n"
    said = {
        form: headwater("query", asked, "--format", form, "--url", sold) for form in ("table", "csv", "json")
    }

    assert [0, 0, 0] == [each.status for each in said.values()], said
    rows = list(csv.reader(io.StringIO(said["csv"].out)))
    assert (["n", "word", "nothing"], ["249", 'a,"249', ""], 251) == (rows[0], rows[-1], len(rows))
    lines = [json.loads(line) for line in said["json"].out.splitlines()]
    assert ({"n": "249", "word": 'a,"249', "nothing": None}, 250) == (lines[-1], len(lines))
    assert ("NULL" in said["table"].out, True) == (True, "250 rows" in said["table"].err)
    to = tmp_path / "rows.parquet"
    assert 0 == headwater("query", asked, "--format", "parquet", "-o", str(to), "--url", sold).status
    assert to.read_bytes().startswith(b"PAR1")


def test_a_kept_answer(sold: str) -> None:
    """The same question is answered from what is kept, unless a fresh answer is wanted; a limit is told."""
    asked = ("query", "SELECT sum(n) AS total FROM shop.sold", "--url", sold)
    first, again, fresh = headwater(*asked), headwater(*asked), headwater(*asked, "--fresh")

    assert [False, True, False] == ["kept" in each.err for each in (first, again, fresh)]
    assert "more than --limit" in headwater("query", "FROM shop.sold", "--limit", "3", "--url", sold).err


def test_tables(sold: str) -> None:
    """Tables are listed with their columns, rows and versions."""
    said = headwater("tables", "--url", sold)
    told = headwater("tables", "--format", "json", "--url", sold)

    assert "shop.sold" in said.out
    (node,) = [each for each in map(json.loads, told.out.splitlines()) if each["name"] == "sold"]
    assert ("250", [{"name": "n", "type": "BIGINT"}, {"name": "word", "type": "VARCHAR"}]) == (
        node["rowCount"],
        node["columns"],
    )


@pytest.mark.parametrize(
    ("words", "status", "problem"),
    [
        (("SELEC 1",), 1, "SYNTAX_ERROR at line 1"),
        (("SELECT * FROM read_csv('/etc/passwd')",), 1, "SQL_FORBIDDEN at line 1"),
        (("SELECT 1; SELECT 2",), 2, "several statements"),
        (("SELECT 1", "--engine", "clickhouse"), 2, "DUCKDB"),
        (("SELECT 1", "--limit", "0"), 2, "rowLimit"),
    ],
)
def test_what_fails(url: str, words: tuple[str, ...], status: int, problem: str) -> None:
    """What is wrong with a statement is told on the paper for errors, with a status."""
    said = headwater("query", *words, "--url", url)

    assert (status, "") == (said.status, said.out), said.err
    assert problem in said.err.replace("\n", " ")


def test_load(url: str, tmp_path: Path) -> None:
    """A file becomes a table, whose columns and version are told; another one comes behind it."""
    first, second = tmp_path / "words.csv", tmp_path / "more.csv"
    first.write_text("id,word\n1,a\n2,b\n")
    second.write_text("id;word\n3;c\n")
    made = headwater("load", str(first), "shop.words", "--url", url)
    more = headwater("load", str(second), "shop.words", "--mode", "append", "--delimiter", ";", "--url", url)
    said = headwater("query", "FROM shop.words ORDER BY id", "--format", "csv", "--url", url)

    assert [0, 0, 0] == [each.status for each in (made, more, said)], made.err + more.err
    assert "2 rows read; shop.words is at version 1: id BIGINT, word VARCHAR" in made.err
    assert "shop.words is at version 2" in more.err
    assert ["id,word", "1,a", "2,b", "3,c"] == said.out.splitlines()


def test_load_what_cannot_be(url: str, tmp_path: Path) -> None:
    """A file that is not there, one that is no rows, and a name that is none each end with their own words."""
    ragged = tmp_path / "ragged.csv"
    ragged.write_text("a,b\n1,2\n1\n")
    absent = headwater("load", str(tmp_path / "none.csv"), "t", "--url", url)
    bad = headwater("load", str(ragged), "ragged", "--url", url)
    unnamed = headwater("load", str(ragged), "a.b.c", "--url", url)

    assert [2, 1, 2] == [each.status for each in (absent, bad, unnamed)], (absent, bad, unnamed)
    assert "cannot be read" in absent.err
    assert "line 3" in bad.err
    assert "name" in unnamed.err
