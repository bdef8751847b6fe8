"""How much an edge is to be believed: a function of the origins of its evidence, and of nothing else."""

from collections.abc import Iterable, Mapping
from math import prod
from types import MappingProxyType

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "declared": 1.0,
        "observed": 1.0,
        "stated": 0.95,
        "query_log": 0.9,
        "parsed": 0.85,
        "imported": 0.8,
        "hint": 0.8,
        "inferred": 0.75,
        "scanned": 0.5,
    }
)
"""What each origin is worth alone; the strongest first."""

UNKNOWN = 0.5  # an origin that a newer version wrote
DIGITS = 4


def weight_of(origin: str, *, noted: bool) -> float:
    """What one piece of evidence is worth: half if a note says that it is not certain."""
    weight = WEIGHTS.get(origin, UNKNOWN)
    return weight / 2 if noted else weight


def confidence(evidence: Iterable[tuple[str, bool]]) -> float:
    """How much an edge is to be believed, from 0 to 1, rounded to four digits.

    Args:
        evidence: For each piece its origin, and whether a note says that it is not certain.

    Returns:
        Of each origin the strongest piece counts, with weight c: the same said twice by one origin is not said
        better. Origins that agree combine as if they erred independently: 1 - Π(1 - c). 0 without evidence.

    >>> confidence([("parsed", False)]), confidence([("parsed", True)])
    (0.85, 0.425)
    >>> confidence([("parsed", False), ("parsed", False), ("query_log", False)])
    0.985
    """
    strongest: dict[str, float] = {}
    for origin, noted in evidence:
        strongest[origin] = max(strongest.get(origin, 0.0), weight_of(origin, noted=noted))
    return round(1 - prod(1 - weight for weight in strongest.values()), DIGITS)


def primary(evidence: Iterable[tuple[str, bool]]) -> str:
    """The origin of the strongest piece of evidence, of two as strong the first by name; "" without any."""
    return min(((-weight_of(origin, noted=noted), origin) for origin, noted in evidence), default=(0.0, ""))[1]
