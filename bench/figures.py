"""What a measurement gives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured: `wanted` is what was asked for; more is better where it begins with ≥."""

    name: str
    value: float
    unit: str
    wanted: str
    beside: str = ""
