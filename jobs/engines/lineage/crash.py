"""A text whose reading killed or outlived its process: listed, never dropped."""

from jobs.engines.lineage.shapes import Part, Reading, span_of
from jobs.engines.lineage.values import Reason, SqlText, Unresolved

SURPRISES = (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What a parser raises, and what a shape that nobody foresaw makes its reader raise."""

REMEDY = "Split the text into smaller ones to find the statement, or leave that statement out."
OURS = "Write the statement in another way or leave it out, and report it; the others are not affected."


def crashed(text: SqlText, problem: str) -> Reading:
    """The reading of a text that could not be read at all: one statement, not explained."""
    lines = (0, *(at + 1 for at, letter in enumerate(text.sql) if letter == "\n"))
    place = (0, len(text.sql))
    listed = Unresolved(text.name, span_of(place, lines), Reason.CRASHED, problem, REMEDY)
    return Reading(text.name, lines, (Part(place, "", unresolved=(listed,), unread=True),))
