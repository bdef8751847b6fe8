"""End what a source asserts: at once for readers, in short transactions for the database."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from db.annotations import PEOPLE
from db.revisions import head_of
from db.session import Session
from db.sources import Departure, Holdings, begin_departure, end_departure, end_some, holdings, runs_of
from db.store import Store
from jobs.errors import InvalidParams, WorkspaceBusy

SOON = "Try again in a moment."


async def delete_source(store: Store, workspace: str, name: str, confirm: str) -> tuple[Holdings, int]:
    """End all that a source asserts in a new revision; what it was, and the revision's number.

    Earlier revisions still show it. Readers see all of it until the end, and then nothing; if this process dies
    meanwhile, nothing has happened, and the sweep of a worker takes back what was written.

    Raises:
        InvalidParams: There is no such source, it is that of people, or `confirm` is not its name: then the
            hint tells what would go.
        WorkspaceBusy: A run of it has not ended, or a revision is being written. Nothing was changed.
    """
    if name == PEOPLE:
        hint = "Take words back one by one: by annotate and withdrawEdgeWord."
        raise InvalidParams("name", "is what people say", hint=hint)

    def look(session: Session) -> Holdings | None:
        every = holdings(session, workspace, head_of(session, workspace))
        return next((each for each in every if each.name == name), None)

    held = await store.read(look)
    if held is None:
        raise InvalidParams("name", "is no source that says anything here", hint="Ask sources which there are.")
    if confirm != name:
        raise InvalidParams(
            "confirm", "must repeat the name of the source", hint=f"{told(held)} Nothing was deleted."
        )

    def begin(session: Session) -> tuple[Departure | None, Sequence[str]]:
        holders = runs_of(session, workspace, name)
        return None if holders else begin_departure(session, workspace, name), holders

    departure, holders = await store.write(begin)
    if holders:
        words = f"Runs of it have not ended: {', '.join(holders)}."
        raise WorkspaceBusy(words, holder=holders[0], hint="Wait until they have ended, or stop them.")
    if departure is None:
        raise WorkspaceBusy("A run is changing the graph.", hint="Try again when it has ended.")
    await _carry_out(store, departure)
    return held, departure.number


async def _carry_out(store: Store, departure: Departure) -> None:
    while True:
        step = await store.write(partial(end_some, departure=departure))
        if step is None:
            raise WorkspaceBusy("This took too long, and was taken back.", hint=SOON)
        ended, since = step
        departure = replace(departure, since=since)
        if not ended:
            break
    if not await store.write(partial(end_departure, departure=departure)):
        raise WorkspaceBusy("This took too long, and was taken back.", hint=SOON)


def told(held: Holdings) -> str:
    """What goes with a source, in words."""
    parts = [f"{count:,} {part}" for part, count in held.alone.items()]
    return f"With it go {', '.join(parts[:-1])} and {parts[-1]} that no other source asserts."
