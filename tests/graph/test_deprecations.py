"""What is deprecated says until when it is kept, and no release keeps it for longer."""

from datetime import date
from pathlib import Path

import pytest

from graph.deprecations import Deprecation, deprecations, last_day_of, main, newest_release, problems
from graph.schema import schema

SDL = """
type Query {
  old: Int @deprecated(reason: "Read `new`. Removed after 2027-06-30.")
  new(kind: Int @deprecated(reason: "Use `filter`. Removed after 2027-07-01."), filter: Filter): Size
}
input Filter { word: String @deprecated(reason: "Nobody reads it.") }
enum Size { BIG, LARGE @deprecated }
"""
LOG = "# Changelog\n\n## Unreleased\n\nSince 2030-01-01.\n\n## [1.1.0] - 2027-07-01\n\n## 1.0.0 - 2027-01-31\n"


def test_every_deprecation_names_a_day() -> None:
    """Each deprecated element of our API says after which day it is removed; some are deprecated."""
    found = deprecations(schema.as_str())

    assert {"Artifact.sizeBytes", "Query.assets(kind:)"} <= {one.coordinate for one in found}
    assert [] == problems(found, None)


def test_whatever_may_be_deprecated_is_found() -> None:
    """Fields, arguments, fields of inputs and values of enums are found, with the day that they name."""
    assert [
        Deprecation("Filter.word", None),
        Deprecation("Query.new(kind:)", date(2027, 7, 1)),
        Deprecation("Query.old", date(2027, 6, 30)),
        Deprecation("Size.LARGE", None),
    ] == deprecations(SDL)
    assert None is last_day_of("Removed after 2027-02-30.")


def test_the_newest_release() -> None:
    """The day of a release stands in its heading, and days in its words do not count."""
    assert date(2027, 7, 1) == newest_release(LOG)
    assert None is newest_release("## Unreleased\n\nSince 2030-01-01.\n")


@pytest.mark.parametrize(
    ("released", "overdue"), [(None, 0), ("2027-06-30", 0), ("2027-07-01", 1), ("2027-07-02", 2)]
)
def test_a_release_after_the_day(released: str | None, overdue: int) -> None:
    """A release on the named day may have the element; one of a day later must not."""
    found = problems(deprecations(SDL), date.fromisoformat(released) if released else None)

    assert 2 == sum("names no day" in problem for problem in found)
    assert overdue == sum("was to be removed" in problem for problem in found)


def test_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The check fails for a release that came too late, and only warns where nothing but today says so."""
    sdl, log = tmp_path / "schema.graphql", tmp_path / "CHANGELOG.md"
    sdl.write_text(
        'type Query { old: Int @deprecated(reason: "Read `new`. Removed after 2027-06-30."), new: Int }'
    )
    log.write_text("## Unreleased\n\n## 1.0.0 - 2027-06-30\n")
    arguments = [str(sdl), str(log)]

    assert 0 == main(arguments, today=date(2027, 6, 30))
    assert "" == capsys.readouterr().err
    assert 0 == main(arguments, today=date(2027, 7, 1))
    assert capsys.readouterr().err.startswith("warning: Query.old can go now")
    log.write_text("## 1.1.0 - 2027-07-01\n\n## 1.0.0 - 2027-06-30\n")
    assert 1 == main(arguments, today=date(2027, 6, 30))
    assert "a release of 2027-07-01 has it" in capsys.readouterr().err
