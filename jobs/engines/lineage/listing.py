"""What is not explained: the reasons as they are listed, and what would help."""

from dataclasses import replace

from jobs.engines.lineage.phrases import Page
from jobs.engines.lineage.shapes import Part, Place, span_of
from jobs.engines.lineage.values import Reason, Unresolved

DYNAMIC = "SQL that is made when it runs is not explained"
OWN_TEXT = "Submit the statements of its body as a text of their own; otherwise no edge comes from them."
IN_QUERY = "Read it in the query itself, such as in its WHERE, if possible; otherwise no edge leads from it."
FILLED_IN = "Submit the query with the name, path or SQL filled in; otherwise no edge leads from there."
REMEDIES = {
    Reason.SYNTAX: "Check the dialect, or correct the statement; the others of this text are not affected.",
    Reason.NOT_SUPPORTED: "Write it as a view or INSERT … SELECT, if possible; otherwise it makes no edge.",
    Reason.DYNAMIC_SQL: "Submit the SQL that it makes as a text of its own; otherwise no edge comes from it.",
    Reason.TOO_LONG: "Split the statement, or leave out the rows that it inserts.",
    Reason.TOO_DEEP: "Move inner parts into named queries (WITH) or views.",
}


def unread(place: Place, verb: str, page: Page, reason: Reason, problem: str) -> Part:
    """Return a statement that is not explained, with the reason and what would help."""
    listed = Unresolved(page.name, span_of(place, page.lines), reason, problem, REMEDIES[reason])
    return Part(place, verb, unresolved=(listed,), unread=True)


def with_remedy(part: Part, remedy: str) -> Part:
    """Return an unread statement with another remedy than that of its reason."""
    return part._replace(unresolved=tuple(replace(each, remedy=remedy) for each in part.unresolved))
