"""The page of the lineage engine says what its golden cases say."""

import re

import pytest

from jobs.engines.lineage.dialects import DIALECTS
from jobs.engines.lineage.values import Reason
from tests.docs import engine_page
from tests.jobs.engines.lineage.golden import FOLDER, load


def test_the_page_is_current() -> None:
    """The parts that are made from golden cases are what those say today: `make docs` otherwise."""
    before = engine_page.PAGE.read_text(encoding="utf-8")
    assert before == engine_page.made(before)


def test_a_stale_page_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A page whose parts are not what the cases say is named, and a current one is not."""
    assert 0 == engine_page.main(["--check"])
    monkeypatch.setattr(engine_page, "MAKERS", {**engine_page.MAKERS, "counts": lambda: "Few.\n"})

    assert 1 == engine_page.main(["--check"])
    assert "lineage-engine.md is not what the golden cases say: make docs" in capsys.readouterr().err


def test_every_dialect_is_counted() -> None:
    """Each dialect that is understood has a column, but for what is of none."""
    counted = {each for those in engine_page.COLUMNS.values() for each in those}
    assert {"ansi"} == set(DIALECTS) - counted


def test_every_dialect_has_cases_of_its_own() -> None:
    """Each dialect has at least ten golden cases of what is peculiar to it, in a folder of its name."""
    for name, those in engine_page.COLUMNS.items():
        own = [case for case in engine_page.loaded() if case.name.partition("/")[0] in those]
        assert 10 <= len(own), name
        assert {case.dialect for case in own} <= set(those), name


def test_every_reason_is_told() -> None:
    """Each reason stands on the page with its meaning and with at least one remedy."""
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \|$", engine_page.reasons(), re.MULTILINE)
    assert [reason.value for reason in Reason] == [value for value, _, _ in rows]
    assert all(meaning.endswith(".") and remedy.endswith(".") for _, meaning, remedy in rows)


def test_every_listed_case_is_told() -> None:
    """Each case in which something is listed is on the page with its sentence."""
    told = engine_page.listed()
    cases = [case for case in engine_page.loaded() if engine_page.is_listed(case)]
    assert cases
    assert [] == [case.name for case in cases if f"- {case.teaches} (" not in told]


def test_a_case_is_shown_as_it_stands() -> None:
    """A golden case is quoted with its sentence, its SQL and what comes out, without its settings."""
    shown = engine_page.golden("stars/open")
    case = load(FOLDER / "stars" / "open.sql")
    assert shown.startswith(case.teaches)
    assert "dialect:" not in shown
    assert "\next.things.* -> mart.x.* DIRECT IDENTITY\n" in shown
    assert "\nUNKNOWN_COLUMNS: the columns of ext.things are unknown" in shown
