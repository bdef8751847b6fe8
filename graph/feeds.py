"""Feeds of a workspace: what all runs do, and what revisions change, read on from a cursor."""

from collections.abc import AsyncIterator
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, TypeAlias

import strawberry

from db.access import is_workspace
from db.feeds import Feed, Happening, Missed, Position, end_of_feed, follow_feed, is_to_come
from db.models import MAIN_WORKSPACE
from graph.arguments import Workspace
from graph.changes import LineageChange
from graph.context import Info
from graph.differences import ChangeCount
from graph.enums import RunStatus, describe
from graph.paging import BIG_INTEGER, bad_cursor, decode_cursor, encode_cursor
from graph.watches import id_of
from jobs.errors import UnknownWorkspace
from jobs.news import HEAD_MOVED, News, WatchNews
from jobs.pipeline import from_json

FeedAfter: TypeAlias = Annotated[
    str | None,
    strawberry.argument(
        description="The `cursor` of the last event seen; empty for all that is kept; left out: from now on."
    ),
]


class RunStep(StrEnum):
    """What the feed of runs tells of one."""

    ACCEPTED = "ACCEPTED"
    STARTED = "STARTED"
    REQUEUED = "REQUEUED"
    FINISHED = "FINISHED"


describe(
    RunStep,
    "What happened to a run.",
    {
        "ACCEPTED": "It was accepted, and waits for its turn.",
        "STARTED": "A worker took it.",
        "REQUEUED": "It is back in the queue.",
        "FINISHED": "It has ended; its status says how.",
    },
)


@strawberry.interface(description="Something that a feed tells.")
class FeedEvent:
    cursor: str = strawberry.field(description="Its place: pass it as `after` to go on from here.")


@strawberry.type(description="In the place of events that were forgotten before they were read.")
class FeedGap(FeedEvent):
    pass


@strawberry.type(description="A run was accepted, started, put back, or has ended.")
class RunHappened(FeedEvent):
    event: RunStep = strawberry.field(description="What happened.")
    at: datetime = strawberry.field(description="When.")
    run_id: str = strawberry.field(description="Which run.")
    kind: str = strawberry.field(description="Its kind.")
    status: RunStatus = strawberry.field(description="Its status after that.")
    created_by: str = strawberry.field(description="Who submitted it.")
    attempt: int = strawberry.field(description="How often a worker had taken it.")
    labels: list[str] = strawberry.field(description="The words it is labelled with, in order.")


@strawberry.type(
    description="What some revisions changed: the worst changes, and how many there are of each sort."
)
class RevisionNews:
    from_revision: int = strawberry.field(description="The revision before.")
    to_revision: int = strawberry.field(description="The new one; several may have come at once.")
    counts: list[ChangeCount] = strawberry.field(description="How many of each sort, the worst first.")
    changes: list[LineageChange] = strawberry.field(description="The worst twenty; `lineageDiff` has them all.")
    truncated: bool = strawberry.field(
        description="Whether nobody could tell all of them in time: there are at least these."
    )

    @classmethod
    def of(cls, news: News, *, shown: bool) -> "RevisionNews":
        return cls(
            from_revision=news.before,
            to_revision=news.after,
            counts=[
                ChangeCount(severity=each.severity, change=each.change, of=each.of, count=each.count)
                for each in news.counts
            ],
            changes=[LineageChange.of_value(change, shown=shown) for change in news.changes],
            truncated=news.truncated,
        )


@strawberry.type(description="The graph of the workspace has a new head.")
class HeadMoved(FeedEvent):
    at: datetime = strawberry.field(description="When that was told.")
    news: RevisionNews = strawberry.field(description="What it changed.")


@strawberry.type(description="A new revision touches what a watch sees.")
class WatchTouched(FeedEvent):
    at: datetime = strawberry.field(description="When that was told.")
    watch_id: strawberry.ID = strawberry.field(
        description="The `id` of the watch, which may be gone meanwhile."
    )
    watch_name: str = strawberry.field(description="What the watch is called.")
    owner: str = strawberry.field(description="Whose it is.")
    lost: bool = strawberry.field(description="Whether what it begins at is not there any more.")
    news: RevisionNews = strawberry.field(description="What of the changes it sees.")


RunFeedEvent = Annotated[
    RunHappened | FeedGap, strawberry.union("RunFeedEvent", description="What the feed of runs tells.")
]
LineageFeedEvent = Annotated[
    HeadMoved | WatchTouched | FeedGap,
    strawberry.union("LineageFeedEvent", description="What the feed of lineage tells."),
]


@strawberry.input(description="Which runs a feed tells of; what is left out does not narrow it.")
class RunFeedFilter:
    kinds: list[str] | None = strawberry.field(default=None, description="Only of these kinds.")
    statuses: list[RunStatus] | None = strawberry.field(default=None, description="Only what came to these.")
    labels: list[str] | None = strawberry.field(default=None, description="Only with one of these labels.")
    created_by: str | None = strawberry.field(default=None, description="Only submitted by them.")

    def fits(self, data: Any) -> bool:
        """Whether an event is wanted."""
        return (
            (self.kinds is None or data["kind"] in self.kinds)
            and (self.statuses is None or RunStatus(data["status"]) in self.statuses)
            and (self.labels is None or not set(self.labels).isdisjoint(data["labels"]))
            and (self.created_by is None or data["created_by"] == self.created_by)
        )


@strawberry.input(description="What the feed of lineage tells; what is left out does not narrow it.")
class LineageFeedFilter:
    watches: list[str] | None = strawberry.field(
        default=None, description="Only watches of these names; an empty list: none, but new heads."
    )
    owner: str | None = strawberry.field(default=None, description="Only watches of this owner.")
    heads: bool = strawberry.field(default=True, description="Whether new heads are told as such.")

    def fits(self, name: str, data: Any) -> bool:
        """Whether an event is wanted."""
        if name == HEAD_MOVED:
            return self.heads
        named = self.watches is None or data["name"] in self.watches
        return named and (self.owner is None or data["owner"] == self.owner)


def cursor_of(position: Position) -> str:
    return encode_cursor(str(position.xid), str(position.id))


def position_in(after: str) -> Position:
    """The place in the cursor of a feed.

    Raises:
        InvalidParams: It is no such cursor.
    """
    parts = decode_cursor(after, parts=2)
    if not all(part.isascii() and part.isdecimal() and len(part) <= BIG_INTEGER for part in parts):
        raise bad_cursor()
    return Position(*map(int, parts))


async def begun(info: Info, feed: Feed, workspace: str, after: str | None) -> Position:
    """From where a feed is to be read.

    Raises:
        InvalidParams: The cursor is none of this feed.
        UnknownWorkspace: There is no such workspace: nothing would ever be told of it.
    """
    store = info.context.desk.store
    if not await store.read(partial(is_workspace, name=workspace)):
        raise UnknownWorkspace
    if after is None:
        return await store.read(partial(end_of_feed, feed=feed, workspace=workspace))
    if not after:
        return Position(0, 0)
    position = position_in(after)
    if await store.read(partial(is_to_come, position=position)):
        raise bad_cursor()
    return position


def run_event(row: Happening) -> RunHappened:
    data = row.data
    return RunHappened(
        cursor=cursor_of(row.position),
        event=RunStep(row.name),
        at=row.at,
        run_id=data["run_id"],
        kind=data["kind"],
        status=RunStatus(data["status"]),
        created_by=data["created_by"],
        attempt=data["attempt"],
        labels=sorted(data["labels"]),
    )


def lineage_event(row: Happening, *, shown: bool) -> HeadMoved | WatchTouched:
    cursor, data = cursor_of(row.position), dict(row.data)
    if row.name == HEAD_MOVED:
        return HeadMoved(cursor=cursor, at=row.at, news=RevisionNews.of(from_json(News, data), shown=shown))
    told = from_json(WatchNews, data)
    news = RevisionNews.of(told.news, shown=shown)
    return WatchTouched(
        cursor=cursor,
        at=row.at,
        watch_id=id_of(told.watch),
        watch_name=told.name,
        owner=told.owner,
        lost=told.lost,
        news=news,
    )


@strawberry.type
class FeedSubscription:
    @strawberry.subscription(
        description="What the runs of a workspace do, in order and without a gap: accepted, started, put back, "
        "ended. To resume, pass the `cursor` of the last event as `after`."
    )
    async def run_feed(
        self,
        info: Info,
        filter: Annotated[  # noqa: A002 - the API's word
            RunFeedFilter | None, strawberry.argument(description="Which runs.")
        ] = None,
        after: FeedAfter = None,
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> AsyncIterator[RunFeedEvent]:
        context, wanted = info.context, filter or RunFeedFilter()
        start = await begun(info, Feed.RUNS, workspace, after)
        async for told in follow_feed(context.desk.store, context.hints, Feed.RUNS, workspace, start):
            if isinstance(told, Missed):
                yield FeedGap(cursor=cursor_of(told.position))
            elif isinstance(told, Happening) and wanted.fits(told.data):
                yield run_event(told)

    @strawberry.subscription(
        description="What new revisions of the graph of a workspace change, and which watches see it, in order "
        "and without a gap. To resume, pass the `cursor` of the last event as `after`."
    )
    async def lineage_feed(
        self,
        info: Info,
        filter: Annotated[  # noqa: A002 - the API's word
            LineageFeedFilter | None, strawberry.argument(description="Which events.")
        ] = None,
        after: FeedAfter = None,
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> AsyncIterator[LineageFeedEvent]:
        context, wanted = info.context, filter or LineageFeedFilter()
        shown = context.rights.sees_definitions(workspace)  # who loses that loses the socket: see graph.sockets
        start = await begun(info, Feed.LINEAGE, workspace, after)
        async for told in follow_feed(context.desk.store, context.hints, Feed.LINEAGE, workspace, start):
            if isinstance(told, Missed):
                yield FeedGap(cursor=cursor_of(told.position))
            elif isinstance(told, Happening) and wanted.fits(told.name, told.data):
                yield lineage_event(told, shown=shown)
