"""Empty a workspace, and finish what a process that died had begun to empty."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from db.clearing import PARTS, Beginning, Step, begin_clearing, clear_some, end_clearing, left_clearings
from db.store import Store
from jobs.errors import InvalidParams, UnknownWorkspace, WorkspaceBusy

SOON = "Try again in a moment."


async def clear_workspace(store: Store, workspace: str, confirm: str) -> Mapping[str, int]:
    """Delete everything in a workspace and return how much of what there was; the workspace itself stays.

    Readers see an empty graph at once. The rows go in transactions of some 20 to 50 ms, about a second for each
    10,000; if this process dies meanwhile, the sweep of a worker goes on. Bytes go by the sweep, too.

    Raises:
        UnknownWorkspace: There is none of this name.
        InvalidParams: `confirm` is not the workspace's name.
        WorkspaceBusy: Runs in it have not ended, or it is being cleared already. Nothing was changed.
    """
    if confirm != workspace:
        raise InvalidParams("confirm", "must repeat the name of the workspace", hint="Nothing was deleted.")
    found: Beginning = await store.write(partial(begin_clearing, workspace=workspace))
    if not found.there:
        raise UnknownWorkspace
    if found.holders:
        runs = ", ".join(found.holders)
        hint = "Wait until they have ended, or stop them."
        raise WorkspaceBusy(f"Runs in it have not ended: {runs}.", holder=found.holders[0], hint=hint)
    if found.since is None:
        raise WorkspaceBusy("The workspace is being cleared already.", hint=SOON)
    counts = await carry_on(store, workspace, found.since)
    if counts is None:
        raise WorkspaceBusy("This took too long: another process goes on with the clearing.", hint=SOON)
    return counts


async def carry_on(store: Store, workspace: str, since: datetime) -> Mapping[str, int] | None:
    """Delete what is left in a workspace and open it; None if another process has taken this over."""
    counts = dict.fromkeys((part.what for part in PARTS), 0)
    for part in PARTS:
        gone = 1
        while gone:
            step: Step | None = await store.write(
                partial(clear_some, workspace=workspace, part=part, since=since)
            )
            if step is None:
                return None
            gone, since = step.gone, step.since
            counts[part.what] += gone
    await store.write(partial(end_clearing, workspace=workspace, since=since))
    return counts


async def finish_left(store: Store) -> None:
    """Finish the clearing of workspaces whose process died over it."""
    for workspace in await store.read(left_clearings):
        found: Beginning = await store.write(partial(begin_clearing, workspace=workspace))
        if found.since is not None:
            await carry_on(store, workspace, found.since)
