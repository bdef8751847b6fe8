"""How a command ends: its exit status, and what it says when it cannot do what it was asked."""

import sys
from collections.abc import Callable
from enum import IntEnum
from typing import Any

from db.settings import BadSettings
from jobs.errors import HeadwaterError, Rejected

ENDED = {"COMPLETED", "COMPLETED_WITH_GAPS"}


class Status(IntEnum):
    """The exit status of a command. 130 besides: Ctrl-C."""

    OK = 0
    FAILED = 1
    REFUSED = 2
    GAPS = 3
    UNREACHABLE = 4


def status_of_run(status: str, *, strict: bool) -> Status:
    """What a command that watched a run ends with."""
    if status not in ENDED:
        return Status.FAILED
    return Status.GAPS if strict and status == "COMPLETED_WITH_GAPS" else Status.OK


def status_of_error(error: HeadwaterError) -> Status:
    if error.code == "UNREACHABLE":
        return Status.UNREACHABLE
    refused = isinstance(error, Rejected) and getattr(error, "said_code", "") != "INTERNAL"
    return Status.REFUSED if refused else Status.FAILED


def complain(words: str) -> None:
    """Say what is wrong, in one line on standard error."""
    sys.stderr.write(f"headwater: {words}\n")
    sys.stderr.flush()


def sentence(error: HeadwaterError) -> str:
    """An error's words and what to do, in one line."""
    words = " ".join(str(error).split())
    stop = "" if words.endswith((".", "!", "?")) else "."
    return f"{words}{stop} {error.hint}".strip()


def carry_out(command: Callable[[], Any]) -> Any:
    """Call a command; what it raises for its caller's sake becomes a line and an exit status."""
    try:
        return command()
    except BadSettings as error:
        complain(str(error))
        raise SystemExit(Status.REFUSED) from None
    except HeadwaterError as error:
        complain(sentence(error))
        raise SystemExit(status_of_error(error)) from None
