"""What differs between two states of lineage, how bad each difference is, and who feels it."""

from jobs.engines.diff.compare import compare
from jobs.engines.diff.rules import RULES, Reason, Severity
from jobs.engines.diff.values import Asset, Change, Column, Edge, End, Proof, Script, State

__all__ = [
    "RULES",
    "Asset",
    "Change",
    "Column",
    "Edge",
    "End",
    "Proof",
    "Reason",
    "Script",
    "Severity",
    "State",
    "compare",
]
