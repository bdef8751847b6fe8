"""What a chore is asked to do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from typing_extensions import Doc


class Chore(StrEnum):
    """How the run behaves."""

    WAIT = "wait"  # for a file to appear, or for ever
    SPIN_IN_CHILD = "spin_in_child"  # a child that holds its GIL for ever
    KILL_WORKER = "kill_worker"  # SIGKILL to the worker's own process
    WRITE_AHEAD = "write_ahead"  # rows under a reserved revision
    FAIL_RETRYABLY = "fail_retryably"  # until the file is there
    CANCEL_ITSELF = "cancel_itself"  # as a library with a bug might do
    COUNT = "count"  # progress from 0 to `size`
    GAPS = "gaps"


@dataclass(frozen=True, slots=True)
class ChoreParams:
    """Misbehave on request."""

    chore: Annotated[Chore, Doc("How to behave.")]
    path: Annotated[str, Doc("A file: what the chore waits for, or notes its attempts in.")] = ""
    size: Annotated[int, Doc("How much of it: rows to write, steps to count.")] = 0
    pause_at_save: Annotated[bool, Doc("Wait for the file after everything is written ahead.")] = False
    pause_in_save: Annotated[bool, Doc("Wait for the file inside the finishing transaction.")] = False


@dataclass(frozen=True, slots=True)
class ChoreResult:
    """What was done."""

    attempt_count: Annotated[int, Doc("Lines in the file of attempts.")]
    gaps: Annotated[tuple[str, ...], Doc("What was left undone.")] = ()
    held_by: Annotated[str, Doc("A file that has to appear before the finishing transaction commits.")] = ""
