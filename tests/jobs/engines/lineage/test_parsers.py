"""A parser that changes a golden case is noticed: the one that they were recorded with is written down."""

from dataclasses import replace

import pytest

from tests.architecture.sources import ROOT
from tests.architecture.test_locks import pins
from tests.jobs.engines.lineage import parsers
from tests.jobs.engines.lineage.golden import FOLDER, load


def test_the_parser_is_the_one_recorded_with() -> None:
    """Golden cases hold for one version of the parser, which is installed and pinned."""
    assert parsers.recorded() == parsers.installed(), parsers.advice()

    pinned = pins(ROOT / "requirements" / "app.lock")
    assert parsers.recorded() == "".join(f"{name} {pinned[name]}\n" for name in parsers.PACKAGES)


def test_a_difference_is_told() -> None:
    """Of a case that another parser reads otherwise, the edges that are gone and that are new are told."""
    case = load(FOLDER / "columns" / "identity.sql")
    first, rest = case.recorded.split("\n", maxsplit=1)
    other = replace(case, recorded=f"--   t.a -> v.gone DIRECT IDENTITY\n{rest}")

    assert [(case.name, ["- t.a -> v.gone DIRECT IDENTITY", f"+ {first.removeprefix('--   ')}"])] == list(
        parsers.differences([case, other])
    )


def test_a_parser_that_fails_is_told() -> None:
    """A case that cannot be read at all is a difference, and the others are still compared."""
    case = load(FOLDER / "columns" / "identity.sql")
    broken = replace(case, dialect="none such")

    (found,) = parsers.differences([broken, case])

    assert case.name == found[0]
    assert "UnknownDialect: 'none such' is no dialect" in found[1][-1]


def test_the_command_tells(capsys: pytest.CaptureFixture[str]) -> None:
    """The command names both versions, and ends well where nothing differs."""
    assert 0 == parsers.main()
    told = capsys.readouterr().out
    assert f"Recorded with {' and '.join(parsers.recorded().splitlines())}" in told
    assert "0 of " in told


def test_advice() -> None:
    """Whoever has another parser is told both ways out."""
    assert "make .venv/.dev" in parsers.advice()
    assert "make record" in parsers.advice()
