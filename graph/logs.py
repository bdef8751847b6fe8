"""Reading the logs of this machine."""

import asyncio
from datetime import datetime
from typing import Annotated

import strawberry

from graph.context import Info
from graph.enums import describe
from jobs.errors import InvalidParams
from jobs.logfiles import Line, Wanted, newest_lines
from jobs.logs import LogLevel

MOST_LINES = 10_000

describe(
    LogLevel,
    "How much a line of a log matters.",
    {
        "DEBUG": "Everything that happens; not logged unless asked for.",
        "INFO": "What happens in the course of things.",
        "WARNING": "Something was put right, or will have to be.",
        "ERROR": "Something failed.",
    },
)


@strawberry.type(description="A line of a log.")
class LogLine:
    at: datetime = strawberry.field(description="When it was written.")
    level: LogLevel = strawberry.field(description="How much it matters.")
    service: str = strawberry.field(description="Which part wrote it: `api` or `worker`.")
    event: str = strawberry.field(description="What happened, in a few words that stay the same.")
    run_id: str | None = strawberry.field(description="The run it is about; null if about none.")
    request_id: str | None = strawberry.field(description="The request it was written for; null if for none.")
    text: str = strawberry.field(description="What else it says; a traceback comes last. Secrets are hidden.")

    @classmethod
    def of(cls, line: Line) -> "LogLine":
        known = line.level.upper() in LogLevel.__members__
        return cls(
            at=line.at,
            level=LogLevel(line.level.upper()) if known else LogLevel.ERROR,
            service=line.service,
            event=line.event,
            run_id=line.run_id,
            request_id=line.request_id,
            text=line.text,
        )


@strawberry.type
class LogQuery:
    @strawberry.field(
        description="The newest lines of the logs, newest last: of all parts that share the data folder of the "
        "API that answers. Other machines have logs of their own."
    )
    async def logs(
        self,
        info: Info,
        lines: Annotated[int, strawberry.argument(description="How many, from 1 to 10,000.")] = 100,
        level: Annotated[
            LogLevel, strawberry.argument(description="Leave out what matters less.")
        ] = LogLevel.DEBUG,
        run_id: Annotated[
            str | None, strawberry.argument(description="Only what was written about this run.")
        ] = None,
    ) -> list[LogLine]:
        if not 1 <= lines <= MOST_LINES:
            raise InvalidParams("lines", f"must be between 1 and {MOST_LINES}")
        wanted = Wanted(lines, level.value.lower(), run_id)
        found = await asyncio.to_thread(newest_lines, info.context.logs, wanted)
        return [LogLine.of(line) for line in found]
