"""How busy this service is: slots, the queue, what runs, what ended, and the engines that it has."""

from datetime import datetime
from importlib.metadata import version

import psutil
import strawberry

from db.models import TERMINAL
from db.settings import load_settings
from db.standing import Standing, standing
from graph.context import Info
from graph.enums import RunStatus
from graph.health import uptime_seconds
from graph.scalars import BigInt
from graph.service import ENGINES
from jobs.engines.sql.values import Engine
from jobs.pipelines.query.settings import QuerySettings
from jobs.settings import WorkSettings


@strawberry.type(description="What all workers together may carry, and what of it is taken.")
class SlotStatus:
    total: int = strawberry.field(description="Slots that there are.")
    held: int = strawberry.field(
        description="Slots of running runs, and of those admitted that no worker has begun yet."
    )
    free: int = strawberry.field(description="Slots that are left.")
    max_concurrent_runs: int = strawberry.field(description="Runs that may execute at once, however wide.")
    held_runs: int = strawberry.field(description="How many of those hold slots.")


@strawberry.type(description="Queued runs of one kind and priority.")
class QueueDepth:
    kind: str = strawberry.field(description="Their kind.")
    priority: int = strawberry.field(description="Their priority, 1 first.")
    count: int = strawberry.field(description="How many there are.")
    oldest_at: datetime = strawberry.field(description="When the first of them was submitted.")


@strawberry.type(description="Running runs of one kind.")
class RunningRuns:
    kind: str = strawberry.field(description="Their kind.")
    count: int = strawberry.field(description="How many there are.")
    slots: int = strawberry.field(description="The slots that they hold.")


@strawberry.type(description="Runs that ended in one way.")
class EndedRuns:
    status: RunStatus = strawberry.field(description="The way.")
    count: int = strawberry.field(description="How many there are.")


@strawberry.type(description="What runs work with.")
class EngineStatus:
    name: str = strawberry.field(description="Its name.")
    version: str = strawberry.field(description="Its version, as this process has it installed.")
    memory_bytes: BigInt = strawberry.field(
        description="Memory that it may use for one statement, or for one piece of work, in bytes."
    )


@strawberry.type(description="How busy this service is, over all workspaces, at one moment.")
class SystemStatus:
    slots: SlotStatus = strawberry.field(description="What may be carried, and what is.")
    queued: int = strawberry.field(description="Runs that wait.")
    queue: list[QueueDepth] = strawberry.field(description="The same by kind and priority, first come first.")
    running: int = strawberry.field(description="Runs that workers have in hand.")
    running_by_kind: list[RunningRuns] = strawberry.field(description="The same by kind.")
    ended: list[EndedRuns] = strawberry.field(
        description="Runs that ended since `endedSince` and are still kept, by how: each way is listed."
    )
    ended_since: datetime = strawberry.field(description="A day ago.")
    engines: list[EngineStatus] = strawberry.field(description="What runs work with.")
    memory_bytes: BigInt = strawberry.field(
        description="Memory of the process that answers, in bytes; workers and their children have their own."
    )
    uptime_seconds: float = strawberry.field(description="How long the process that answers has been up.")

    @classmethod
    def of(cls, found: Standing, settings: WorkSettings) -> "SystemStatus":
        free = max(settings.capacity.slots - found.slots_held, 0)
        return cls(
            slots=SlotStatus(
                total=settings.capacity.slots,
                held=found.slots_held,
                free=free,
                max_concurrent_runs=settings.capacity.runs,
                held_runs=found.runs_held,
            ),
            queued=sum(each.count for each in found.queue),
            queue=[
                QueueDepth(kind=each.kind, priority=each.priority, count=each.count, oldest_at=each.since)
                for each in found.queue
            ],
            running=sum(each.count for each in found.running),
            running_by_kind=[
                RunningRuns(kind=each.kind, count=each.count, slots=each.slots) for each in found.running
            ],
            ended=[
                EndedRuns(status=status, count=found.ended.get(status, 0))
                for status in RunStatus
                if status in TERMINAL
            ],
            ended_since=found.ended_since,
            engines=engines_of(settings),
            memory_bytes=BigInt(psutil.Process().memory_info().rss),
            uptime_seconds=uptime_seconds(),
        )


def engines_of(settings: WorkSettings) -> list[EngineStatus]:
    """The engines, with the memory that settings give to each."""
    query: QuerySettings = load_settings([QuerySettings])[QuerySettings]
    present = {package: (name, query.memory_mb) for package, name in ENGINES.items()}
    present["sqlglot"] = (ENGINES["sqlglot"], settings.child_memory_mb)
    if Engine.CLICKHOUSE in query.engines:
        present["clickhouse-connect"] = ("queries on a ClickHouse server, by its driver", query.memory_mb)
    return [
        EngineStatus(name=name, version=version(package), memory_bytes=BigInt(memory << 20))
        for package, (name, memory) in present.items()
    ]


@strawberry.type
class SystemQuery:
    @strawberry.field(
        description="How busy this service is: slots, the queue by kind and priority, what runs, what ended, "
        "engines and memory. Over all workspaces, as numbers: no run is named."
    )
    async def system_status(self, info: Info) -> SystemStatus:
        desk = info.context.desk
        return SystemStatus.of(await desk.store.read(standing), desk.settings)
