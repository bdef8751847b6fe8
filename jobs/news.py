"""Tell the feed of lineage what new revisions changed, and which watches that concerns.

The revisions themselves are the outbox: what the finishing transaction writes is the new head, and nothing
else. Whoever finds a head of which the feed has not told takes all revisions up to it together, looks at them
outside of any transaction that writes, and tells them in one that only one worker can win.
"""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from db.adjacency import Adjacency
from db.array_walk import Mask
from db.catalog import assets_by_pk, columns_by_name_alone
from db.clearing import hold_workspace
from db.closures import Spots, graphs_of, seen_from
from db.feeds import Feed, tell
from db.lineage import identity
from db.revisions import NEWS_TOPIC
from db.session import Session
from db.states import Rows, rows_between, touched
from db.walk import Direction, Node, Route
from db.watches import (
    Stretch,
    Watch,
    keep_stretch,
    take_stretch,
    told,
    untold,
    watches_left,
    watches_of,
)
from jobs.bench import HEARTBEAT_SECONDS, LEASE, Bench
from jobs.differences import changes_of
from jobs.engines.diff.rules import Reason, Severity
from jobs.engines.diff.values import Change, ChangeKind, Place, Side, Subject
from jobs.errors import ChildFailed
from jobs.pipeline import to_json

NEWS_SECONDS = 2.0  # between two looks when no hint comes: with the lease, how long a dead worker delays news
MOST_TURNED = 20_000  # assertions that began or ended: comparing more takes many seconds
MOST_SHOWN = 20  # changes that an event lists; it counts all
LOOK_SECONDS = 60.0  # for all watches of a workspace together
HEAD_MOVED, WATCH_TOUCHED = "HEAD_MOVED", "WATCH_TOUCHED"
INFLUENCES = frozenset({Reason.INFLUENCE_ADDED, Reason.INFLUENCE_REMOVED, Reason.INFLUENCE_CHANGED})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Count:
    """How many changes are of a sort."""

    severity: Severity
    change: ChangeKind
    of: Subject
    count: int


@dataclass(frozen=True, slots=True)
class News:
    """What revisions changed, or what of it a watch sees: the worst changes, and how many of each sort.

    Of what is `truncated` nobody could tell all in time: there are at least these changes.
    """

    before: int
    after: int
    changes: tuple[Change, ...] = ()
    counts: tuple[Count, ...] = ()
    truncated: bool = False

    @classmethod
    def of(cls, stretch: Stretch, changes: Sequence[Change] | None) -> "News":
        """News of changes; None where they were too many to look at."""
        if changes is None:
            return cls(stretch.before, stretch.after, truncated=True)
        counts = Counter((each.severity, each.change, each.of) for each in changes)
        ordered = sorted(counts.items(), key=lambda each: (list(Severity).index(each[0][0]), each[0]))
        told_of = tuple(Count(*sort, count) for sort, count in ordered)
        return cls(stretch.before, stretch.after, tuple(changes[:MOST_SHOWN]), told_of)


@dataclass(frozen=True, slots=True)
class WatchNews:
    """What revisions changed of what a watch sees; `lost` tells that where it begins is not there any more."""

    watch: UUID
    name: str
    owner: str
    lost: bool
    news: News


async def tell_news(bench: Bench) -> None:
    """Tell of each new head as it comes, for ever."""
    async with bench.hints.listen(NEWS_TOPIC) as bell:
        while True:
            for workspace in await bench.store.read(untold):
                await tell_workspace(bench, workspace)
            await bell.wait_for(NEWS_SECONDS)


async def tell_workspace(bench: Bench, workspace: str) -> bool:
    """Tell what is untold of a workspace; False if there was nothing, or another worker does it."""
    stretch: Stretch | None = await bench.store.write(
        partial(take_untold, workspace=workspace, worker=bench.worker)
    )
    if stretch is None:
        return False
    keeping = asyncio.create_task(_keep(bench, stretch))
    try:
        changes = await _changes(bench, stretch)
        concerned = await bench.store.read(partial(watch_news, stretch=stretch, changes=changes))
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
    news = News.of(stretch, changes)
    done = partial(write_news, stretch=stretch, worker=bench.worker, news=news, concerned=concerned)
    return await bench.store.write(done)


def take_untold(session: Session, workspace: str, worker: str) -> Stretch | None:
    """Take what is untold, unless the workspace is gone or being cleared: what is told of it goes then too."""
    if hold_workspace(session, workspace) is not False:
        return None
    return take_stretch(session, workspace, worker, LEASE)


async def _keep(bench: Bench, stretch: Stretch) -> None:
    """Renew the lease of a stretch while it is looked at."""
    keep, is_ours = partial(keep_stretch, stretch=stretch, worker=bench.worker, lease=LEASE), True
    while is_ours:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        is_ours = await bench.store.write(keep)


async def _changes(bench: Bench, stretch: Stretch) -> tuple[Change, ...] | None:
    """What a stretch changed, compared in a child: it may cut large texts of others into tokens."""
    rows = await bench.store.read(partial(_rows, stretch=stretch))
    if rows is None:
        return None
    try:
        return await bench.children.call(changes_of, rows, stretch.before, stretch.after)
    except ChildFailed as error:
        log.warning("news not compared", extra={"workspace": stretch.workspace, "reason": str(error)})
        return None


def _rows(session: Session, stretch: Stretch) -> Rows | None:
    between = (stretch.workspace, stretch.before, stretch.after)
    if touched(session, *between, most=MOST_TURNED) >= MOST_TURNED:
        return None
    return rows_between(session, *between)


def watch_news(session: Session, stretch: Stretch, changes: Sequence[Change] | None) -> list[WatchNews]:
    """News for each watch that changes concern, in the order in which watches were made.

    Where nobody could tell in time what concerns a watch, its news say so. A watch that begins at nothing has
    none. Cost: once that of reading the graph, and for each watch twice that of its walk; a minute at most.
    """
    watches = () if changes == () else watches_of(session, stretch.workspace)
    if not watches:
        return []
    seen = {} if changes is None else _seen(session, stretch, changes, watches)
    concerned = [watch for watch in watches if seen.get(watch.pk) != ()]
    lost = _lost(session, concerned, stretch.after)
    nowhere = lost & _lost(session, concerned, stretch.before)
    return [
        WatchNews(watch.pk, watch.name, watch.owner, watch.pk in lost, News.of(stretch, seen.get(watch.pk)))
        for watch in concerned
        if watch.pk not in nowhere
    ]


def _seen(
    session: Session, stretch: Stretch, changes: Sequence[Change], watches: Sequence[Watch]
) -> Mapping[UUID, Sequence[Change]]:
    """The changes that each watch sees; nothing is said of a watch for which there was no time."""
    graphs = graphs_of(session, stretch.workspace, stretch.before, stretch.after)
    if graphs is None:
        return {}
    deadline = time.monotonic() + LOOK_SECONDS
    sides = [[each.before for each in changes], [each.after for each in changes]]
    views = [_View.of(graph, some) for graph, some in zip(graphs, sides, strict=True)]
    found: dict[UUID, Sequence[Change]] = {}
    for watch in watches:
        if time.monotonic() > deadline:
            log.warning("watches not looked at", extra={"workspace": stretch.workspace})
            break
        met = np.flatnonzero(views[0].seen_by(watch) | views[1].seen_by(watch))
        found[watch.pk] = tuple(changes[at] for at in map(int, met) if _is_followed(watch, changes[at]))
    return found


def _is_followed(watch: Watch, change: Change) -> bool:
    """Whether a watch follows edges of the kind that changed."""
    if change.of is not Subject.EDGE or not watch.kinds:
        return True
    return ("indirect" if change.reason in INFLUENCES else "direct") in watch.kinds


@dataclass(frozen=True, slots=True)
class _View:
    """The places of one side of changes in the graph of that side: that of each, and where its edge begins.

    `ends` numbers both of each change, the same twice where there is no edge; -1 where it has not this side.
    """

    spots: Spots
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, graph: Adjacency, sides: Sequence[Side | None]) -> "_View":
        numbers: dict[Node, int] = {}
        ends = np.full((len(sides), 2), -1, np.int64)
        for at, side in enumerate(sides):
            if side is not None:
                both = (side.place, side.source or side.place)
                ends[at] = [numbers.setdefault(_node(place), len(numbers)) for place in both]
        return cls(Spots.of(graph, list(numbers)), ends)

    def seen_by(self, watch: Watch) -> Mask:
        """Which changes lie with all of their places within what a watch sees."""
        route = Route(0, Direction(watch.direction), kinds=frozenset(watch.kinds))
        met = seen_from(self.spots, Node(watch.asset_pk, watch.column_pk), route, watch.depth)
        both = np.append(met, np.False_)[self.ends]  # -1 reads what is met by nobody
        return both[:, 0] & both[:, 1]


def _node(place: Place) -> Node:
    asset, column = UUID(hex=place.end.asset), place.end.column
    return Node(asset, None if column is None else identity("column", asset.hex, column))


def _lost(session: Session, watches: Sequence[Watch], at: int) -> frozenset[UUID]:
    """The watches whose beginning is not there at a revision."""
    assets = assets_by_pk(session, {watch.asset_pk for watch in watches}, at)
    columns = columns_by_name_alone(session, {watch.column_pk for watch in watches if watch.column_pk}, at)
    return frozenset(
        watch.pk
        for watch in watches
        if watch.asset_pk not in assets or (watch.column_pk and watch.column_pk not in columns)
    )


def write_news(
    session: Session, stretch: Stretch, worker: str, *, news: News, concerned: Sequence[WatchNews]
) -> bool:
    """Write what a stretch changed into the feed; False if another worker does, or the graph is gone."""
    if not told(session, stretch, worker):
        return False
    left = watches_left(session, {each.watch for each in concerned})
    rows = [(HEAD_MOVED, to_json(news))]
    rows += [(WATCH_TOUCHED, to_json(each)) for each in concerned if each.watch in left]
    tell(session, Feed.LINEAGE, stretch.workspace, rows)
    return True
