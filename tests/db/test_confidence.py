"""How much an edge is to be believed."""

import pytest

from db.confidence import UNKNOWN, WEIGHTS, confidence, primary
from jobs.engines.lineage.values import Origin


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ([], 0.0),
        ([("declared", False)], 1.0),
        ([("parsed", False)], 0.85),
        ([("parsed", True)], 0.425),
        ([("parsed", True), ("parsed", False)], 0.85),
        ([("parsed", False), ("query_log", False)], 0.985),
        ([("declared", False), ("scanned", True)], 1.0),
        ([("invented later", False)], UNKNOWN),
    ],
)
def test_confidence(evidence: list[tuple[str, bool]], expected: float) -> None:
    """The strongest of each origin counts, doubts halve it, and origins that agree make it surer."""
    assert expected == confidence(evidence)
    assert expected == confidence([*evidence, *evidence])
    assert expected == confidence(reversed(evidence))


def test_every_origin_has_a_weight() -> None:
    """What an engine can say is worth something that is written down."""
    assert {origin.value for origin in Origin} == set(WEIGHTS)
    assert all(0 < weight <= 1 for weight in WEIGHTS.values())


def test_primary() -> None:
    """The strongest evidence tells how an edge is best known; of two as strong, the first by name."""
    assert "query_log" == primary([("parsed", False), ("query_log", False)])
    assert "parsed" == primary([("query_log", True), ("parsed", False)])
    assert "hint" == primary([("imported", False), ("hint", False)])
    assert "" == primary([])
