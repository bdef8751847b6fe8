"""`headwater diff`: what differs between two folders, or between two revisions of a service."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.settings import load_settings
from graph.cli.exits import Status, complain
from graph.cli.local import NoDialect, put_out
from graph.cli.paper import counted
from graph.cli.runs import Target, interruptible
from graph.cli.texts import BadPath
from graph.cli.verdicts import FORMS, Node, Report, fails
from graph.client import Client, connected
from jobs.engines.diff.compare import compare
from jobs.engines.diff.felt import Downstream, Feeling
from jobs.engines.diff.rules import RULES, Severity
from jobs.engines.diff.values import Change, Place, Side
from jobs.engines.lineage.dialects import DIALECTS
from jobs.errors import BadCatalog, Rejected
from jobs.pipelines.lineage.settings import LineageSettings
from jobs.pipelines.lineage.states import Read, files_at, read_state
from jobs.pipelines.lineage.values import check_name

REVISION = re.compile(r"[0-9]{1,9}")
HEAD = "head"
NEAREST = 5
PAGE = 100
GAPS = 3  # named of those that a side has
NODE_FIELDS = """
change of severity reason explanation
before { place { namespace asset column } kind source { namespace asset column } value }
after { place { namespace asset column } kind source { namespace asset column } value }
downstream { assetCount columnCount complete nearest { place { namespace asset column } distance } }
"""
DIFF = f"""
query Diff($from: AsOf!, $to: AsOf!, $workspace: String!, $after: String, $nearest: Int!) {{
  lineageDiff(from: $from, to: $to, workspace: $workspace, first: {PAGE}, after: $after, nearest: $nearest) {{
    changes {{ pageInfo {{ hasNextPage endCursor }} edges {{ node {{ {NODE_FIELDS} }} }} }}
  }}
}}"""
NEWEST = "query Newest($workspace: String!) { latestRevision(workspace: $workspace) { number } }"


class NotComparable(Rejected):
    """These two cannot be compared."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is compared, how it is printed, and from which severity on that fails ("never": from none)."""

    base: str
    head: str
    dialect: str | None
    default_schema: str
    fail_on: str
    form: str
    workspace: str = "main"


def show_difference(wish: Wish, target: Target) -> int:
    """Print what differs; the exit status: 1 if it is as bad as must not be.

    Raises:
        BadPath, NoDialect, NotComparable, InvalidParams: There is nothing to compare.
        RefusedRemotely, Unreachable: A service does not answer.
    """
    sides = (wish.base, wish.head)
    there = [Path(side).exists() for side in sides]
    if all(there):
        report = of_folders(wish)
    elif not any(there) and all(_is_revision(side) for side in sides):
        return interruptible(_of_revisions(wish, target))
    else:
        missing = next(side for side, is_there in zip(sides, there, strict=True) if not is_there)
        if _is_revision(missing) and any(there):
            raise NotComparable(
                f"{missing} is a revision and the other side is a folder.", hint="Give two of one sort."
            )
        hint = "Give two folders, or two revisions: their numbers, or head."
        raise BadPath(f"There is no folder {missing}.", hint=hint)
    return _printed(report, wish)


def _is_revision(side: str) -> bool:
    return side.lower() == HEAD or REVISION.fullmatch(side) is not None


def _printed(report: Report, wish: Wish) -> int:
    if not put_out(piece.encode() for piece in FORMS[wish.form](report)):
        return Status.FAILED
    return Status.FAILED if fails(report, wish.fail_on) else Status.OK


def of_folders(wish: Wish) -> Report:
    """The report on two folders, read here."""
    if wish.dialect is None:
        raise NotComparable("Folders need --dialect.", hint=f"There are: {', '.join(DIALECTS)}.")
    dialect = wish.dialect.lower()
    if dialect not in DIALECTS:
        raise NoDialect(wish.dialect)
    if wish.default_schema:
        check_name("--default-schema", wish.default_schema)
    base, head = (_read(side, dialect, wish.default_schema) for side in (wish.base, wish.head))
    walks = Downstream(base.state), Downstream(head.state)
    changes = compare(base.state, head.state)
    return Report(wish.base, wish.head, tuple(_nodes(changes, walks)), wish.fail_on)


def _read(side: str, dialect: str, default_schema: str) -> Read:
    """What a folder says; what of it was not explained is told, for it is not compared.

    Raises:
        BadPath: There is nothing to read in it.
    """
    excluded = load_settings((LineageSettings,))[LineageSettings].excluded_schemas
    path = Path(side)
    try:
        read = read_state(files_at(path), dialect, default_schema, {each.lower() for each in excluded})
    except BadCatalog as error:
        words = "; ".join(f"{problem.file} {problem.message}" for problem in error.problems)
        raise BadPath(f"{words}.", hint="Give a folder of SQL files, a catalog's or an export.") from error
    except OSError as error:
        raise BadPath(f"{error.filename} cannot be read: {error.strerror}.") from error
    for words in read.warnings:
        complain(f"{side}: {words}")
    if read.unresolved:
        places = ", ".join(f"{gap.text}:{gap.span.line}" for gap in read.unresolved[:GAPS])
        more = ", …" if len(read.unresolved) > GAPS else ""
        what = counted(len(read.unresolved), "place")
        complain(f"{side}: {what} not explained, so not compared: {places}{more}")
    return read


def _nodes(changes: Sequence[Change], walks: tuple[Downstream, Downstream]) -> Iterator[Node]:
    felt: dict[tuple[bool, Any], Feeling] = {}
    for change in changes:
        if change.severity is Severity.COSMETIC:
            yield node_of(change, None)
            continue
        key = (change.felt_before, change.felt_from)
        if key not in felt:
            felt[key] = walks[0 if key[0] else 1].felt(change.felt_from, NEAREST)
        yield node_of(change, felt[key])


def node_of(change: Change, feeling: Feeling | None) -> Node:
    """A change in the form that the API gives it in."""
    rule = RULES[change.reason]
    return {
        "change": change.change.name,
        "of": change.of.name,
        "severity": rule.severity.name,
        "reason": change.reason.name,
        "explanation": rule.words,
        "before": _side(change.before),
        "after": _side(change.after),
        "downstream": feeling
        and {
            "assetCount": feeling.assets,
            "columnCount": feeling.columns,
            "complete": feeling.complete,
            "nearest": [{"place": _place(place), "distance": at} for place, at in feeling.nearest],
        },
    }


def _side(side: Side | None) -> Mapping[str, Any] | None:
    if side is None:
        return None
    source = _place(side.source) if side.source else None
    return {"place": _place(side.place), "kind": side.kind, "source": source, "value": side.words}


def _place(place: Place) -> Mapping[str, str | None]:
    return {"namespace": place.namespace, "asset": place.asset, "column": place.column}


async def _of_revisions(wish: Wish, target: Target) -> int:
    async with connected(target.address()) as client:
        numbers = [await _number(client, side, wish.workspace) for side in (wish.base, wish.head)]
        nodes = [node async for node in _pages(client, numbers, wish.workspace)]
    names = [f"revision {number}" for number in numbers]
    return _printed(Report(names[0], names[1], tuple(nodes), wish.fail_on), wish)


async def _number(client: Client, side: str, workspace: str) -> int:
    """The number of a revision.

    Raises:
        NotComparable: It is the newest of a workspace that has none.
    """
    if side.lower() != HEAD:
        return int(side)
    newest = (await client.ask(NEWEST, workspace=workspace))["latestRevision"]
    if newest is None:
        raise NotComparable(f"The workspace {workspace} has no revisions yet.", hint="Submit a run first.")
    return int(newest["number"])


async def _pages(client: Client, numbers: Sequence[int], workspace: str) -> Any:
    after = None
    while True:
        told = await client.ask(
            DIFF,
            **{"from": {"revision": numbers[0]}, "to": {"revision": numbers[1]}},
            workspace=workspace,
            after=after,
            nearest=NEAREST,
        )
        changes = told["lineageDiff"]["changes"]
        for edge in changes["edges"]:
            yield edge["node"]
        if not changes["pageInfo"]["hasNextPage"]:
            return
        after = changes["pageInfo"]["endCursor"]
