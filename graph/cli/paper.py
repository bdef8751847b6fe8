"""Where commands write: results to standard output, everything else to standard error."""

import os
import sys

from rich.console import Console

PIPE_WIDTH = 140  # columns, where no terminal says how wide it is


def paper(*, errors: bool = False) -> Console:
    """Standard output, or standard error; in colour on a terminal only."""
    stream = sys.stderr if errors else sys.stdout
    known = stream.isatty() or "COLUMNS" in os.environ
    return Console(file=stream, highlight=False, width=None if known else PIPE_WIDTH)


def counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def in_a_line(words: str) -> str:
    r"""Words of a stranger as one line that a terminal only shows: no sign in it is a command.

    >>> in_a_line("a\n  b\x1b[31m")
    'a b�[31m'
    """
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in " ".join(words.split()))
