"""`headwater lineage` reads SQL here, without a service."""

import csv
import io
import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from graph.cli.forms import COLUMNS
from jobs.engines.drawing.mermaid import MAX_EDGES
from tests.graph.shell import COMMAND, Said, environment, headwater
from tests.graph.test_examples import WAREHOUSE

LEVELS = "CREATE TABLE river.levels (station INT, cm INT);\n"
PEAKS = """CREATE VIEW river.peaks AS
SELECT Station, max(cm) / 100.0 AS metres
FROM river.levels
WHERE cm > 0
GROUP BY station;
"""
ODD = "EXECUTE mystery(1);\n"


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    """A folder with a table and a view."""
    folder = tmp_path / "sql"
    folder.mkdir()
    (folder / "levels.sql").write_text(LEVELS)
    (folder / "peaks.sql").write_text(PEAKS)
    return folder


def lineage(*words: str | Path, dialect: str = "duckdb") -> Said:
    return headwater("lineage", *map(str, words), "--dialect", dialect)


def shell(*words: str | Path, given: bytes = b"", **more: Any) -> subprocess.CompletedProcess[bytes]:
    """The command as a process that is given something to read."""
    command = [*COMMAND, "lineage", *map(str, words)]
    return subprocess.run(
        command, input=given, capture_output=True, check=False, timeout=120, env=environment(), **more
    )


def test_json(sql: Path) -> None:
    """JSON tells each edge with its evidence, and what was not explained with its words."""
    (sql / "odd.sql").write_text(f"\n{ODD}")

    said = lineage(sql)

    assert (0, "") == (said.status, said.err)
    edges = {(edge["source"]["column"], edge["target"]["column"]): edge for edge in said.told["edges"]}
    edge = edges["cm", "metres"]
    assert {"asset": "river.peaks", "column": "metres"} == edge["target"]
    assert ("DIRECT", "AGGREGATION", False, "PARSED", 0.85) == tuple(
        edge[name] for name in ("kind", "subtype", "masking", "origin", "confidence")
    )
    (evidence,) = edge["evidence"]
    assert "max(cm) / 100.0 AS metres" == PEAKS[evidence["start"] : evidence["end"]] == evidence["expression"]
    assert ("peaks.sql", 2, 17, "PARSED", "") == tuple(
        evidence[name] for name in ("file", "line", "column", "origin", "note")
    )
    assert {"asset": "river.peaks", "column": None} == edges["cm", None]["target"]
    (gap,) = said.told["unresolved"]
    assert ("odd.sql", 2, 1, 1, "dynamic_sql", "EXECUTE mystery(1)") == tuple(
        gap[name] for name in ("file", "line", "column", "start", "reason", "text")
    )
    assert gap["message"]
    assert gap["remedy"]


def test_what_is_not_explained(sql: Path) -> None:
    """Other forms tell on standard error what was not explained; it is a failure only if asked for."""
    (sql / "odd.sql").write_text(ODD)

    said = lineage(sql, "--format", "csv")

    assert 0 == said.status
    (line,) = said.err.splitlines()
    assert line.startswith("odd.sql:1: ")
    assert line.endswith(".")
    assert "mystery" not in said.out
    assert (3, 3) == (lineage(sql, "--strict").status, lineage(sql, "--strict", "--format", "tree").status)
    assert 0 == lineage(sql / "peaks.sql", "--strict").status


def test_tree(sql: Path) -> None:
    """The tree shows each relation's columns, their expressions with places, and what decides about rows."""
    assert """river.levels  table  levels.sql:1
├── river.levels.station
└── river.levels.cm

river.peaks  view  peaks.sql:1
├── river.peaks.Station
│   = Station  peaks.sql:2
│   └── river.levels.station
└── river.peaks.metres
    = max(cm) / 100.0  peaks.sql:2
    └── river.levels.cm
┄ FILTER in river.peaks by river.levels.cm  peaks.sql:4
┄ GROUP_BY in river.peaks by river.levels.station  peaks.sql:5
""" == "\n".join(line.rstrip() for line in lineage(sql, "--format", "tree").out.splitlines())


def test_csv(sql: Path) -> None:
    """CSV has a header and a row for each edge."""
    said = lineage(sql, "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert list(COLUMNS) == list(rows[0])
    assert len(lineage(sql).told["edges"]) == len(rows)
    (row,) = (row for row in rows if row["target_column"] == "metres")
    assert ("river.levels", "cm", "AGGREGATION", "0.85", "peaks.sql", "2") == tuple(
        row[name] for name in ("source_asset", "source_column", "subtype", "confidence", "file", "line")
    )


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", " =", "\uff1d"])
def test_csv_holds_no_formula(sql: Path, sign: str) -> None:
    """No cell of a row begins like a formula, whatever a column is called."""
    table = "x" if sign == "@" else f"{sign}T"  # with that sign it would be a variable
    (sql / "evil.sql").write_text(f'CREATE VIEW evil AS SELECT "{sign}CMD()" FROM "{table}";')

    rows = list(csv.reader(io.StringIO(lineage(sql / "evil.sql", "--format", "csv").out)))

    assert "CMD()" in rows[1][1]
    assert not [cell for row in rows for cell in row if cell.strip().startswith(("=", "+", "-", "@", "\uff1d"))]


def test_mermaid(sql: Path) -> None:
    """Mermaid draws the assets that take part, direct edges solid and indirect ones dotted."""
    drawn = lineage(sql, "--format", "mermaid").out.splitlines()

    assert "flowchart LR" == drawn[0]
    assert 2 == sum(line.startswith("subgraph") for line in drawn)
    assert (2, 2) == (sum(" --> " in line for line in drawn), sum(" -.-> " in line for line in drawn))


def test_mermaid_is_bounded(tmp_path: Path) -> None:
    """Of more edges than Mermaid draws, how many are left out is said in the drawing and beside it."""
    columns = ", ".join(f"a{nth}" for nth in range(MAX_EDGES + 7))
    (tmp_path / "wide.sql").write_text(f"CREATE VIEW v AS SELECT {columns} FROM t")

    said = lineage(tmp_path, "--format", "mermaid")

    assert MAX_EDGES == said.out.count(" --> ")
    assert "%% 7 more edges are left out" in said.out
    assert "7 are left out" in said.err


@pytest.mark.parametrize("form", ["json", "csv", "mermaid", "tree"])
def test_nothing_flows(tmp_path: Path, form: str) -> None:
    """A text without any edge is no error in any form."""
    (tmp_path / "one.sql").write_text("CREATE TABLE t (a INT);")
    said = lineage(tmp_path, "--format", form)
    assert (0, "") == (said.status, said.err)


def test_a_query_fills_nothing(sql: Path) -> None:
    """How many queries there are whose rows go nowhere, so that they have no edges, is told in every form."""
    (sql / "queries.sql").write_text("WITH x AS (SELECT a FROM t) SELECT a FROM x;\nFROM t;\nSELECT 1;")

    several, one = lineage(sql, "--strict"), shell("-", "--dialect", "tsql", given=b"SELECT a FROM t")

    assert (0, 0) == (several.status, one.returncode)
    assert "headwater: 3 SELECTs fill nothing" in several.err
    assert b"headwater: 1 SELECT fills nothing" in one.stderr
    assert {"edges": [], "unresolved": []} == json.loads(one.stdout)
    assert "" == lineage(sql / "peaks.sql").err


def test_results(sql: Path) -> None:
    """Asked for, each query that fills nothing fills a relation of its own."""
    (sql / "queries.sql").write_text("SELECT a FROM t;\nSELECT b, c FROM u")
    said = lineage(sql / "queries.sql", "--results", "--strict")

    assert (0, "") == (said.status, said.err)
    assert [
        ("t", "a", "query 1", "a"),
        ("u", "b", "query 2", "b"),
        ("u", "c", "query 2", "c"),
    ] == [
        (edge["source"]["asset"], edge["source"]["column"], edge["target"]["asset"], edge["target"]["column"])
        for edge in said.told["edges"]
    ]


def test_templates(sql: Path) -> None:
    """Files that are no SQL before they are compiled are listed, and it is told what they are."""
    (sql / "model.sql").write_text("{{ config(x=1) }}\nSELECT a FROM {{ ref('b') }}")
    (sql / "text.sql").write_text("CREATE VIEW w AS SELECT '{{' AS a FROM t")

    said = lineage(sql, "--strict")

    assert 3 == said.status
    assert ["model.sql"] == [gap["file"] for gap in said.told["unresolved"]]
    assert "headwater: 1 file not explained may be a template ({{ … }})" in said.err


def test_only_what_is_needed_is_imported(sql: Path) -> None:
    """Reading files here waits for no import of what serves, queues or remembers."""
    code = (
        "import sys; from graph.cli import app; "
        "app(['lineage', sys.argv[1], '--dialect', 'duckdb', '--format', 'tree'], standalone_mode=False); "
        "print(*sys.modules, file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, str(sql)]

    said = subprocess.run(command, capture_output=True, check=True, timeout=120, env=environment(), text=True)

    imported = set(said.stderr.split())
    assert {"jobs.engines.lineage.infer", "graph.cli.forms"} <= imported
    assert not imported & {"strawberry", "arq", "redis", "sqlalchemy", "sqlmodel", "gql", "httpx", "starlette"}


@pytest.mark.parametrize("told", ['{"T": ["Id", "b"]}', '\ufeff{"t": {"Id": "int", "b": null}}'])
def test_columns_of_a_file(tmp_path: Path, told: str) -> None:
    """Columns that a file tells, with types or without, close the star over a table that no text defines."""
    (tmp_path / "v.sql").write_text("CREATE VIEW v AS SELECT * FROM t")
    (tmp_path / "columns.json").write_text(told)

    said = lineage(tmp_path, "--columns", tmp_path / "columns.json", "--strict")

    assert 0 == said.status
    assert {"Id", "b"} == {edge["source"]["column"] for edge in said.told["edges"]}
    assert 3 == lineage(tmp_path, "--strict").status


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ('{"t": ["a",]}', "line 1, character"),
        ("[]", "it holds no object"),
        ('{"t": "a, b"}', "the columns of 't' are no list"),
        ('{"t": ["a", 1]}', "1 cannot be the name of a column of 't'"),
        ('{"t": ["a", "a"]}', "'a' of 't' is named twice"),
        ('{"t": ["a"], "t": ["b"]}', "'t' is named twice"),
        ('{"t": {"a": 4}}', "the type of 'a' of 't' is no text"),
        ('{"": ["a"]}', "'' cannot be the name of a table"),
        ("[" * 100_000, "nested too deeply"),
        ("\0\1\2", "holds a NUL"),
    ],
)
def test_bad_columns(sql: Path, told: str, words: str) -> None:
    """A file of columns that is not what it should be is refused, and what is wrong is named."""
    path = sql / "columns.json"
    path.write_text(told)

    said = lineage(sql, "--columns", path)

    assert (2, "") == (said.status, said.out)
    assert words in said.err
    assert "columns.json" in said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nothing.sql",), "There is no nothing.sql"),
        ((".",), "There is no .sql file"),
        (("x.sql", "--columns", "gone.json"), "There is no file gone.json"),
        (("x.sql", "--default-schema", "\n"), "--default-schema must be"),
        (("empty.sql",), "All files are empty"),
        (("binary.sql",), "holds a NUL"),
        (("one", "two"), "Two files would be named a.sql"),
    ],
)
def test_what_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], told: str
) -> None:
    """What cannot be read is refused by name, with status 2 and nothing on standard output."""
    if "." not in words:
        for name in ("one/a.sql", "two/a.sql", "x.sql", "empty.sql", "binary.sql"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes({"e": b" \n", "b": b"\0\1\2"}.get(name[0], b"SELECT 1"))
    monkeypatch.chdir(tmp_path)

    said = lineage(*words)

    assert (2, "") == (said.status, said.out)
    assert told in said.err


def test_an_unknown_dialect(sql: Path) -> None:
    """A dialect that there is not is refused, naming those that there are; capitals do not matter."""
    said = lineage(sql, dialect="cobol")

    assert 2 == said.status
    assert "There is no dialect 'cobol'. There are: ansi, bigquery" in said.err
    assert 0 == lineage(sql, dialect="DuckDB").status


def test_odd_files(sql: Path) -> None:
    """An empty file and a guess of an encoding are told; a name that is no UTF-8 can still be printed."""
    (sql / "empty.sql").touch()
    (sql / "old.sql").write_bytes("CREATE VIEW o AS SELECT 'été' || a AS b FROM t".encode("cp1252"))
    Path(f"{sql}/odd\udcff.sql").write_text("CREATE VIEW p AS SELECT a FROM t")

    said = lineage(sql)

    assert 0 == said.status
    assert "left out, because it is empty: empty.sql" in said.err
    assert "read as windows-1252, a guess: old.sql" in said.err
    files = {each["file"]: each["expression"] for edge in said.told["edges"] for each in edge["evidence"]}
    assert ("a", "'été' || a AS b") == (files["odd\\xff.sql"], files["old.sql"])


def test_what_no_run_keeps(tmp_path: Path) -> None:
    """Schemas that no run puts into the graph are left out, which is said."""
    (tmp_path / "s.sql").write_text("CREATE VIEW v AS SELECT t.a, s.name FROM t, sys.objects AS s")

    said = lineage(tmp_path, dialect="tsql")

    assert {"t"} == {edge["source"]["asset"] for edge in said.told["edges"]}
    assert "schemas are excluded" in said.err


def test_a_huge_statement(tmp_path: Path) -> None:
    """A statement that is too long is listed, with its first words, and its neighbours are explained."""
    rows = ", ".join(["('0123456789')"] * 400_000)
    (tmp_path / "huge.sql").write_text(f"INSERT INTO t (a) SELECT b FROM u WHERE c IN ({rows});\n{PEAKS}")

    said = lineage(tmp_path)

    assert ["too_long"] == [gap["reason"] for gap in said.told["unresolved"]]
    assert 2_000 == len(said.told["unresolved"][0]["text"])
    assert "river.peaks" in {edge["target"]["asset"] for edge in said.told["edges"]}


def test_standard_input() -> None:
    """A dash reads SQL from standard input, which is refused if it is empty or closed."""
    said = shell("-", "--dialect", "duckdb", given=("\ufeff" + PEAKS).encode("utf-16"))
    empty = shell("-", "--dialect", "duckdb")
    closed = shell("-", "--dialect", "duckdb", preexec_fn=partial(os.close, 0))

    assert 0 == said.returncode, said.stderr
    told = json.loads(said.stdout)
    assert {"<stdin>"} == {each["file"] for edge in told["edges"] for each in edge["evidence"]}
    assert [2, 2] == [empty.returncode, closed.returncode]
    assert b"All files are empty" in empty.stderr
    assert b"Standard input is closed" in closed.stderr


@pytest.mark.parametrize("form", ["json", "tree"])
def test_a_closed_pipe(form: str) -> None:
    """Who stops reading ends the command without complaints."""
    command = [*COMMAND, "lineage", str(WAREHOUSE), "--dialect", "duckdb", "--format", form]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()

    assert 1 == process.returncode
    assert b"Traceback" not in said
    assert b"BrokenPipe" not in said


def test_signs_for_terminals_are_not_passed_on(tmp_path: Path) -> None:
    """Names that would command a terminal are shown without doing so."""
    (tmp_path / "e.sql").write_text('CREATE VIEW "v\x1b[2J" AS SELECT "a\x1b[31m", * FROM "t\x1b]0;x\x07";')

    said = lineage(tmp_path, "--format", "tree")

    assert "\x1b" not in said.out + said.err
    assert "v\ufffd[2J" in said.out
