"""`headwater diff`: two folders, read here, or two revisions of a service."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from graph.cli.verdicts import LONGEST_COMMENT, Report, as_markdown, code
from tests.catalogs import CATALOG, COLUMNS, ORDERS, text, values
from tests.catalogs import write as write_table
from tests.docs.snippets import ROOT, snippets
from tests.graph.api import Api
from tests.graph.shell import COMMAND, Said, environment, headwater, in_thread
from tests.graph.test_lineage import LEVELS, PEAKS, REPORT, RIVER, learn

OTHER = {
    "levels.sql": LEVELS.replace("station INT", "place INT").replace("cm INT", "cm SMALLINT"),
    "peaks.sql": PEAKS.replace("station,", "place,").replace("BY station", "BY place").replace("max", "min"),
    "more.sql": "CREATE VIEW river.more AS SELECT cm FROM river.levels LIMIT 3;",
}


def write(folder: Path, texts: dict[str, str]) -> Path:
    folder.mkdir(parents=True)
    for name, sql in texts.items():
        (folder / name).write_text(sql)
    return folder


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return write(tmp_path / "base", RIVER)


@pytest.fixture
def head(tmp_path: Path) -> Path:
    return write(tmp_path / "head", OTHER)


def diff(*words: str | Path) -> Said:
    return headwater("diff", *map(str, words))


def folders(base: Path, head: Path, *words: str) -> Said:
    return diff(base, head, "--dialect", "duckdb", *words)


def test_text(base: Path, head: Path) -> None:
    """Each change is a line with its severity, name and reason, and one with those who feel it."""
    said = folders(base, head)

    assert (1, "") == (said.status, said.err)
    assert "BREAKING   river.levels.station → river.levels.place: column renamed\n" in said.out
    assert "BREAKING   river.report: asset removed\n" in said.out
    assert "BREAKING   river.levels.cm: type narrowed: int → smallint\n" in said.out
    assert "expression changed: max(cm) / 100.0 AS metres → min(cm) / 100.0 AS metres\n" in said.out
    assert "COSMETIC   river.more: asset added\n" in said.out
    assert "felt by 2 assets" in said.out


def test_verdicts(base: Path, head: Path, tmp_path: Path) -> None:
    """The exit status is 1 from the severity on that was named, and 0 below it."""
    slight = write(tmp_path / "slight", RIVER | {"peaks.sql": PEAKS.replace("max", "min")})

    assert [1, 1, 0] == [
        folders(base, head, "--fail-on", on).status for on in ("breaking", "behaviour", "never")
    ]
    assert [0, 1, 0] == [
        folders(base, slight, "--fail-on", on).status for on in ("breaking", "behaviour", "never")
    ]
    assert (0, f"{base} → {base}: nothing differs\n") == (folders(base, base).status, folders(base, base).out)


def test_json(base: Path, head: Path) -> None:
    """JSON tells the numbers, the verdict, and each change as the API does."""
    told = folders(base, head, "--format", "json").told

    assert {"BREAKING": 4, "BEHAVIOUR": 1, "COSMETIC": 1} == told["counts"]
    assert told["fails"]
    assert {"change", "of", "severity", "reason", "explanation", "before", "after", "downstream"} == set(
        told["changes"][0]
    )


def test_markdown(base: Path, head: Path) -> None:
    """Markdown shows what breaks in a table, and folds the rest."""
    said = folders(base, head, "--format", "markdown").out

    assert said.startswith("### Lineage: ")
    table, _, rest = said.partition("<details>")
    assert "❌ fails" in table
    assert "**type narrowed**" in table
    assert "**expression changed**" in rest
    assert 2 == said.count("<details>") == said.count("</details>")


def test_a_comment_has_room(base: Path, tmp_path: Path) -> None:
    """However much differs, the comment is no longer than GitHub takes, and says what it leaves out."""
    many = "".join(f"CREATE VIEW river.v{at} AS SELECT cm FROM river.levels;\n" for at in range(900))
    wide = write(tmp_path / "wide", RIVER | {"many.sql": many})

    gone = folders(wide, base, "--format", "markdown").out

    assert LONGEST_COMMENT * 0.9 < len(gone) <= LONGEST_COMMENT
    assert "changes left out" in gone


def test_names_are_no_markdown(base: Path, tmp_path: Path) -> None:
    """Nothing in a name is a cell, a command, a mention or HTML."""
    odd = "a|b`<img src=x>@someone *x* [y](z)\nq"
    escaped = code(odd)
    assert not set("|`<>@*[]\n") & set(escaped.removeprefix("<code>").removesuffix("</code>"))
    names = write(
        tmp_path / "odd", RIVER | {"odd.sql": 'CREATE VIEW "o|d<b>d" AS SELECT cm FROM river.levels;'}
    )
    (row,) = [
        line for line in folders(names, base, "--format", "markdown").out.splitlines() if "d&#60;b" in line
    ]
    assert 4 == row.count("|")


def test_what_is_refused(base: Path, tmp_path: Path) -> None:
    """What is missing, empty, of two sorts or without a dialect is refused with 2 and a word on what to do."""
    empty = tmp_path / "empty"
    empty.mkdir()
    for words, expected in (
        ((base, tmp_path / "absent", "--dialect", "duckdb"), "There is no folder"),
        ((base, empty, "--dialect", "duckdb"), "holds no SQL and no Parquet"),
        ((base, base), "Folders need --dialect"),
        ((base, base, "--dialect", "cobol"), "There is no dialect 'cobol'"),
        ((base, "12", "--dialect", "duckdb"), "12 is a revision and the other side is a folder"),
        ((base, base, "--dialect", "duckdb", "--fail-on", "anything"), "anything"),
    ):
        said = diff(*words)
        assert 2 == said.status, said
        assert expected in said.err.replace("\n", " ")


def test_gaps_are_told(base: Path, tmp_path: Path) -> None:
    """What of a side was not explained is told with its place: it is not compared."""
    odd = write(tmp_path / "odd", RIVER | {"odd.sql": "EXECUTE mystery(1);\n"})
    said = folders(base, odd)
    assert (0, f"{base} → {odd}: nothing differs\n") == (said.status, said.out)
    assert "1 place not explained, so not compared: odd.sql:1" in said.err


def test_catalogs_and_exports(tmp_path: Path) -> None:
    """Folders of Parquet files, and of one JSON export, are compared like folders of SQL."""
    for name, sql in (("one", ORDERS), ("two", f"{ORDERS} WHERE o.price > 1")):
        defined = {"definitions": values("object_id, definition", f"(2::BIGINT, {text(sql)})")}
        for role, query in {**CATALOG, **defined, "table_columns": COLUMNS}.items():
            write_table(tmp_path / name, f"{role}.parquet", query)
    said = diff(tmp_path / "one", tmp_path / "two", "--dialect", "tsql")
    assert "dbo.Orders.price → dbo.vOrders: influence added" in said.out
    assert 0 == said.status

    node = {"schema": "dbo", "description": "", "data_model_type": "Other", "node_symbol": "circle"}
    lists = {"inputs": [], "outputs": [], "bidirectional_with": [], "parse_success": True}
    exports = []
    for name, inputs in (("old", ["dbo.T"]), ("new", [])):
        table = {"id": "dbo.T", "name": "T", "object_type": "Table"} | node | lists
        view = {"id": "dbo.V", "name": "V", "object_type": "View"} | node | lists | {"inputs": inputs}
        exports.append(write(tmp_path / name, {"lineage.json": json.dumps([table, view])}))
    said = diff(*exports, "--dialect", "tsql")
    assert "dbo.T → dbo.V: influence removed" in said.out


async def test_revisions_are_told_as_folders_are(sqlite_api: Api, base: Path, head: Path) -> None:
    """Two revisions of a service differ as the folders that they were made of do, change by change."""
    await learn(sqlite_api, RIVER)
    await learn(sqlite_api, OTHER)
    address = ("--url", sqlite_api.address)

    remote = await in_thread("diff", "1", "head", *address, "--format", "json")
    local = await in_thread("diff", str(base), str(head), "--dialect", "duckdb", "--format", "json")

    assert 1 == remote.status == local.status
    assert 3 < len(remote.told["changes"])
    assert [bare(each) for each in local.told["changes"]] == [bare(each) for each in remote.told["changes"]]
    assert ("revision 1", "revision 2") == (remote.told["base"], remote.told["head"])
    for words in (("1", "9"), ("2", "1"), ("head", "1")):
        assert 2 == (await in_thread("diff", *words, *address)).status
    assert 2 == (await in_thread("diff", "1", "head", *address, "--workspace", "nowhere")).status


def bare(change: dict[str, Any]) -> Any:
    """A change without namespaces, which folders have none of."""
    return json.loads(
        json.dumps(change), object_hook=lambda each: {k: v for k, v in each.items() if k != "namespace"}
    )


def test_the_workflow_that_is_shown(tmp_path: Path) -> None:
    """The workflow on the page is YAML, and what it runs of ours does what the page says."""
    (shown,) = [each for each in snippets("yaml") if each.place.startswith("docs/guide/ci.md")]
    workflow = yaml.safe_load(shown.body)
    steps = workflow["jobs"]["diff"]["steps"]
    ours = [step["run"] for step in steps if step.get("run", "").startswith(("headwater", "cat "))]
    write(tmp_path / "base" / "sql", RIVER)
    write(tmp_path / "head" / "sql", OTHER | {"report.sql": REPORT})
    called = " ".join(COMMAND)

    statuses = [
        subprocess.run(
            ["/bin/sh", "-c", command.replace("headwater", called)],
            cwd=tmp_path,
            env=environment() | {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary"), "PYTHONPATH": str(ROOT)},
            check=False,
            timeout=120,
        ).returncode
        for command in ours
    ]

    assert [1, 0] == statuses
    assert (tmp_path / "summary").read_text().startswith("### Lineage: ")


def test_an_empty_report() -> None:
    """Nothing is a report too."""
    assert "nothing differs" in "".join(as_markdown(Report("a", "b", (), "breaking")))
