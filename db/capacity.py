"""How much is carried at once, as numbers: known without a database."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Capacity:
    """What all workers together may carry at once."""

    slots: int
    runs: int
