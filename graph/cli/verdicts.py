"""What differs, printed: as text, as Markdown for the comment of a pull request, as JSON."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson

from graph.cli.paper import counted, in_a_line
from jobs.engines.diff.rules import Severity

Node: TypeAlias = Mapping[str, Any]
"""A change as the API gives it: `LineageChange`."""

LONGEST_COMMENT = 65_536  # characters that GitHub takes
NOTE_ROOM = 300  # of them, for what ends a comment
LONGEST_VALUE = 160
NAMES = [severity.name for severity in Severity]
PLAIN = frozenset(" .,()=/+-")  # besides letters and digits: what Markdown takes as it is within <code>
TABLE = "\n| What | Change | Felt by |\n| --- | --- | --- |\n"
FOLD_END = "\n</details>\n"


@dataclass(frozen=True, slots=True)
class Report:
    """What differs between two sides, the worst first, and from which severity on that is a failure."""

    base: str
    head: str
    changes: tuple[Node, ...]
    fail_on: str

    @property
    def counts(self) -> Mapping[str, int]:
        """How many changes are of each severity, the worst first."""
        found = Counter(str(change["severity"]) for change in self.changes)
        return {name: found[name] for name in NAMES}

    def of(self, severity: str) -> Sequence[Node]:
        return [change for change in self.changes if change["severity"] == severity]


def fails(report: Report, fail_on: str) -> bool:
    """Whether something is as bad as must not be, or worse."""
    if fail_on.upper() not in NAMES:
        return False
    return any(report.counts[name] for name in NAMES[: NAMES.index(fail_on.upper()) + 1])


def summary_of(report: Report) -> str:
    if not report.changes:
        return "nothing differs"
    return ", ".join(f"{count:,} {name.lower()}" for name, count in report.counts.items() if count)


def as_json(report: Report) -> Iterator[str]:
    """One object: the two sides, the numbers, the verdict and all changes."""
    told = {
        "base": report.base,
        "head": report.head,
        "counts": report.counts,
        "failOn": report.fail_on,
        "fails": fails(report, report.fail_on),
        "changes": report.changes,
    }
    yield orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n"


def as_text(report: Report) -> Iterator[str]:
    """A line for each change, and one for who feels it."""
    yield f"{in_a_line(report.base)} → {in_a_line(report.head)}: {summary_of(report)}\n"
    for change in report.changes:
        yield f"{change['severity']:<9}  {name_of(change)}: {reason_of(change)}{_values(change)}\n"
        if felt := felt_by(change):
            yield f"{'':<9}  felt by {felt}\n"
    if fails(report, report.fail_on):
        yield f"This fails, as --fail-on {report.fail_on} says.\n"


def reason_of(change: Node) -> str:
    return str(change["reason"]).lower().replace("_", " ")


def name_of(change: Node) -> str:
    """What changed: an edge by both its ends, what was renamed by both names."""
    before, after = change["before"], change["after"]
    side = after or before
    name = place_of(side["place"])
    if side["source"]:
        return f"{place_of(side['source'])} → {name}"
    if change["change"] == "RENAMED":
        return f"{place_of(before['place'])} → {name}"
    return name


def place_of(place: Mapping[str, str | None]) -> str:
    return in_a_line(".".join(part for part in (place["asset"], place["column"]) if part))


def _pair(change: Node) -> tuple[str, str]:
    """The values of both sides, cut to what a line holds."""
    values = [in_a_line(side["value"] or "") if side else "" for side in (change["before"], change["after"])]
    first, second = (
        value if len(value) <= LONGEST_VALUE else f"{value[: LONGEST_VALUE - 1]}…" for value in values
    )
    return first, second


def _values(change: Node) -> str:
    before, after = _pair(change)
    if change["change"] != "CHANGED" or before == after:
        return ""
    return f": {before or '(nothing)'} → {after or '(nothing)'}"


def felt_by(change: Node) -> str:
    """Who feels a change: how many, and the nearest; empty if nobody does."""
    downstream = change["downstream"]
    if not downstream or not (downstream["assetCount"] or downstream["columnCount"]):
        return ""
    least = "" if downstream["complete"] else "at least "
    sizes = f"{counted(downstream['assetCount'], 'asset')}, {counted(downstream['columnCount'], 'column')}"
    names = ", ".join(place_of(each["place"]) for each in downstream["nearest"])
    return f"{least}{sizes}: {names}" if names else f"{least}{sizes}"


def as_markdown(report: Report) -> Iterator[str]:
    """A table of what breaks, and folds for all else; never longer than a comment may be."""
    verdict = "❌ fails" if fails(report, report.fail_on) else "✅ passes"
    head = f"### Lineage: {summary_of(report)}\n\n{code(report.base)} → {code(report.head)}: {verdict}\n"
    yield head
    room, left_out = LONGEST_COMMENT - NOTE_ROOM - len(head), 0
    for severity in NAMES:
        rows = [_row(change) for change in report.of(severity)]
        if not rows:
            continue
        begin, end = TABLE, ""
        if severity != Severity.BREAKING.name:
            end = FOLD_END
            what = counted(len(rows), f"{severity.lower()} change")
            begin = f"\n<details><summary>{what}</summary>\n{TABLE}"
        room -= len(begin) + len(end)
        fitting = _fitting(rows, room)
        if fitting:
            yield begin + "".join(rows[:fitting]) + end
        room -= sum(map(len, rows[:fitting]))
        left_out += len(rows) - fitting
    if left_out:
        what = counted(left_out, "change")
        yield f"\n{what} left out, for a comment has no room for more: `--format json` has all.\n"


def _fitting(rows: Sequence[str], room: int) -> int:
    """How many rows have room."""
    for at, row in enumerate(rows):
        room -= len(row)
        if room < 0:
            return at
    return len(rows)


def _row(change: Node) -> str:
    before, after = _pair(change)
    words = str(change["explanation"])
    if change["change"] == "CHANGED" and before != after:
        words += f"<br>{code(before) if before else '(nothing)'} → {code(after) if after else '(nothing)'}"
    return f"| {code(name_of(change))} | **{reason_of(change)}**: {words} | {escaped(felt_by(change))} |\n"


def code(words: str) -> str:
    """Words of a stranger as code within Markdown: no sign in them is a command, a mention or an end of a cell.

    >>> code("a|b`@x")
    '<code>a&#124;b&#96;&#64;x</code>'
    """
    return f"<code>{escaped(words)}</code>"


def escaped(words: str) -> str:
    """The same without being code."""
    return "".join(
        sign if (sign.isalnum() or sign in PLAIN) else f"&#{ord(sign)};" for sign in in_a_line(words)
    )


FORMS: Mapping[str, Callable[[Report], Iterator[str]]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
}
