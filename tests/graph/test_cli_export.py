"""`headwater export` writes a graph to a file, whole or not at all."""

import json
from pathlib import Path

import pytest

from tests.graph.shell import SQL, headwater

pytestmark = pytest.mark.xdist_group("cli")


@pytest.fixture
def filled(url: str, tmp_path: Path) -> str:
    """A service with a small graph."""
    (tmp_path / "river.sql").write_text(SQL)
    said = headwater("push", str(tmp_path / "river.sql"), "--url", url, "--dialect", "duckdb")
    assert 0 == said.status, said.err
    return url


@pytest.mark.parametrize(
    ("form", "begins"),
    [
        ("json", b'{"headwaterGraph":1}\n'),
        ("csv", b"PK"),
        ("xlsx", b"PK"),
        ("parquet", b"PK"),
        ("graphml", b"<?xml"),
        ("mermaid", b"flowchart LR"),
        ("dot", b"digraph lineage"),
        ("openlineage", b"{"),
        ("frontend-json", b"["),
    ],
)
def test_a_file(filled: str, tmp_path: Path, form: str, begins: bytes) -> None:
    """Each format arrives as a file, and nothing else is left beside it."""
    to = tmp_path / "out" / "graph"
    to.parent.mkdir()
    said = headwater("export", "--format", form, "--output", str(to), "--url", filled)

    assert (0, "") == (said.status, said.out), said.err
    assert to.read_bytes().startswith(begins)
    assert f"{to.stat().st_size:,} bytes" in said.err.replace("\n", "")
    assert ["graph"] == [path.name for path in to.parent.iterdir()]


def test_by_its_own_name(filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a place it is written here, by its own name, and over an older one."""
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        assert 0 == headwater("export", "--url", filled).status

    first = json.loads((tmp_path / "graph.jsonl").read_text().splitlines()[0])
    assert {"headwaterGraph": 1} == first


def test_refusals(filled: str, tmp_path: Path) -> None:
    """A folder that is not there, a revision that is none and a service that is away are told in a line."""
    there = str(tmp_path / "none" / "graph")
    for words, status, problem in (
        (("--output", there, "--url", filled), 2, "There is no folder"),
        (("--revision", "999", "--url", filled), 2, "there is no such revision"),
        (("--output", str(tmp_path / "x"), "--url", "http://127.0.0.1:9"), 4, "127.0.0.1:9"),
        (("--format", "pdf", "--url", filled), 2, "pdf"),
    ):
        said = headwater("export", *words)
        assert (status, "") == (said.status, said.out), said.err
        assert problem in said.err
    assert not (tmp_path / "x").exists()
