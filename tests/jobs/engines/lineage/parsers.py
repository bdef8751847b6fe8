"""Which parser golden cases were recorded with, and what another one makes of them.

python -m tests.jobs.engines.lineage.parsers     tells what differs with the parser that is installed

`make newer-parser` runs this with the newest one, beside the environment and without changing it.
"""

import difflib
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import version

from tests.jobs.engines.lineage.golden import EDGES, FOLDER, Case, cases, lineage_of, load, rendered

PACKAGES = ("sqlglot", "sqlglotc")  # the parser, and what of it is compiled
RECORD = FOLDER / "parser.txt"


def installed() -> str:
    """Return the versions of the parser that is in use, one package a line."""
    return "".join(f"{name} {version(name)}\n" for name in PACKAGES)


def recorded() -> str:
    """Return the same of the parser that the golden cases were recorded with."""
    return RECORD.read_text(encoding="utf-8")


def differences(those: Iterable[Case]) -> Iterator[tuple[str, list[str]]]:
    """Yield each case whose lineage is not what was recorded, with the lines that are gone and new."""
    for case in those:
        now = _now(case)
        if now != case.recorded:
            before, after = case.recorded.splitlines(), now.splitlines()
            lines = list(difflib.unified_diff(before, after, lineterm="", n=0))[2:]
            yield case.name, [_plain(line) for line in lines if not line.startswith("@@")]


def _plain(line: str) -> str:
    """Return a line of a difference without the marks of a comment."""
    return f"{line[0]} {line[1:].removeprefix('--').strip()}"


def _now(case: Case) -> str:
    try:
        return rendered(lineage_of(case))
    except Exception as problem:  # noqa: BLE001 - an unknown parser may fail in any way; that is the news
        return f"-- {type(problem).__name__}: {problem}\n"


def main() -> int:
    """Print what differs, and return 1 if something does."""
    print(f"Recorded with {' and '.join(recorded().splitlines())};")  # noqa: T201 - a command that prints
    print(f"compared with {' and '.join(installed().splitlines())}.")  # noqa: T201 - a command that prints
    those = [load(path) for path in cases()]
    found = list(differences(those))
    for name, lines in found:
        print("\n".join(("", name, *(f"  {line}" for line in lines))))  # noqa: T201 - a command that prints
    print(f"\n{len(found)} of {len(those)} golden cases differ.")  # noqa: T201 - a command that prints
    return 1 if found else 0


def advice() -> str:
    """Return what to do where the parser is not the one that was recorded with."""
    return (
        f"Golden cases were recorded with {recorded().split()[1]}, and {installed().split()[1]} is installed. "
        "If the environment is older than the lock: make .venv/.dev. If the parser is meant to change: "
        f"make newer-parser tells which cases differ, make record writes them below `{EDGES.strip()}`."
    )


if __name__ == "__main__":
    sys.exit(main())
