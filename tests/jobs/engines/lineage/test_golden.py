"""Every golden file says what its SQL means, and the engine agrees."""

from pathlib import Path

import pytest

from tests.jobs.engines.lineage.golden import cases, lineage_of, load, rendered


@pytest.mark.parametrize("path", cases(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_golden_case(path: Path) -> None:
    """The lineage of a golden file is what stands in it."""
    case = load(path)

    assert case.recorded == rendered(lineage_of(case))


def test_golden_cases_teach() -> None:
    """There are at least four hundred golden cases, and each begins with a sentence of its own."""
    loaded = [load(path) for path in cases()]

    assert 400 <= len(loaded)
    assert len(loaded) == len({case.teaches for case in loaded})
    assert [] == [case.name for case in loaded if not case.teaches.endswith(".")]
