"""Arguments that several fields take, described once."""

from datetime import UTC, datetime
from typing import Annotated

import strawberry

from db.revisions import head_of
from db.session import Session
from db.timeline import first_revision, revision_before
from jobs.errors import InvalidParams

RunId = Annotated[str, strawberry.argument(description="The run's id, as submitted or as we made it.")]
Workspace = Annotated[str, strawberry.argument(description="Whose: the first workspace is `main`.")]
First = Annotated[int, strawberry.argument(description="How many at most, from 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="Continue behind this cursor.")]
AfterSeq = Annotated[
    int,
    strawberry.argument(description="Continue behind this event; 0 for all. Beyond the newest: wait for it."),
]


@strawberry.input(one_of=True, description="A state of the graph in the past.")
class AsOf:
    revision: int | None = strawberry.field(
        default=strawberry.UNSET, description="As it was from this revision on, until the next."
    )
    at: datetime | None = strawberry.field(default=strawberry.UNSET, description="As readers saw it then.")


AsOfArgument = Annotated[AsOf | None, strawberry.argument(description="When; left out: the newest revision.")]


def revision_of(session: Session, workspace: str, as_of: AsOf | None, field: str = "asOf") -> int:
    """The revision to look at: the newest unless `as_of` names another; 0 before the first.

    `field` is what the argument is called.

    Raises:
        InvalidParams: There was no such revision, or none yet at that moment.
    """
    head = head_of(session, workspace)
    if as_of is None:
        return head
    if as_of.at:
        found = revision_before(session, workspace, in_utc(f"{field}.at", as_of.at))
        if found is None:
            problem = "is before the first revision of this workspace"
            raise InvalidParams(field, problem, hint="Ask revisions when they were made.")
        return found
    number, first = as_of.revision or 0, first_revision(session, workspace)
    if not (first or 1) <= number <= head:
        hint = "There is none yet." if first is None else f"There are revisions {first} to {head}."
        raise InvalidParams(field, f"names revision {number}, which there is not", hint=hint)
    return number


def in_utc(field: str, moment: datetime) -> datetime:
    """A moment as it is stored.

    Raises:
        InvalidParams: It has no time zone, or is before the year 1 or after 9999 in UTC.
    """
    if moment.tzinfo is None:
        raise InvalidParams(field, "has no time zone", hint="Put Z behind it.")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise InvalidParams(field, "is too early or too late") from error
