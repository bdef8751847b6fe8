"""Who explains small texts of SQL: child processes, of which one request holds one at most."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from jobs.analysis import AS_A_RUN, Analysis, Question, explain
from jobs.children import Children
from jobs.engines.sql.dry import dry_run
from jobs.engines.sql.profile import Profile, Profiling, profile
from jobs.engines.sql.values import DryRun, Query
from jobs.errors import ChildDied, ChildOutOfMemory, ChildTimedOut, InvalidParams

T = TypeVar("T")
WAIT_SECONDS = 30.0  # for a child to be free and for its answer; of all texts of one request together
MAX_TEXTS = 5  # of one request: what each says is written on the event loop


@dataclass(frozen=True, slots=True)
class Analyst:
    """Who answers questions, opened once a process. `excluded`: schemas left out, in small letters."""

    children: Children
    excluded: frozenset[str] = frozenset()
    wait_seconds: float = WAIT_SECONDS

    async def explain(self, question: Question) -> Analysis:
        """What a text says. Nothing is written, and whatever the text does, it does to a child process.

        Raises:
            ChildTimedOut: It takes too long.
            ChildOutOfMemory, ChildDied: It takes too much, or its child was killed.
            ChildFailed: Explaining it met a bug of ours.
        """
        try:
            return await self._ask(question)
        except ChildTimedOut as error:
            seconds = self.children.limits.timeout_seconds
            raise ChildTimedOut(f"The text could not be explained in {seconds:g} s.", hint=AS_A_RUN) from error
        except ChildOutOfMemory as error:
            message = "Explaining the text took more memory than is given to small ones."
            raise ChildOutOfMemory(message, hint=AS_A_RUN) from error
        except ChildDied as error:
            message = "The text could not be explained: two processes died of it."
            raise ChildDied(message, hint="Leave out statements to find the one.") from error

    async def _ask(self, question: Question) -> Analysis:
        try:
            return await self.children.call(explain, question, self.excluded)
        except ChildDied:
            # It may have been dying before it had the text. Nothing is written, so asking again is free.
            return await self.children.call(explain, question, self.excluded)

    async def dry_run(self, query: Query) -> DryRun:
        """What a statement would do; nothing is executed, and no file of a table is opened here.

        Raises:
            StatementFailed: What is wrong with it, and where.
            ChildTimedOut, ChildOutOfMemory, ChildDied, ChildFailed: As above.
        """
        return await self.children.call(dry_run, query)

    async def profile(self, asked: Profiling) -> tuple[Profile, ...]:
        """What the columns of a table hold; its files are read in a child.

        Raises:
            StatementFailed: It takes more memory or time than it may.
            ChildTimedOut, ChildOutOfMemory, ChildDied, ChildFailed: As above.
        """
        return await self.children.call(profile, asked)


class Sitting:
    """The questions of one request: answered one after the other, and all in one stretch of time.

    However often a request asks, it holds one child at most, and no longer than a single question may.
    """

    def __init__(self, analyst: Analyst) -> None:
        self.analyst = analyst
        self._asked = 0
        self._until = 0.0
        self._turn = asyncio.Lock()

    async def answer(self, question: Question) -> Analysis:
        """What a text says.

        Raises:
            InvalidParams: The request has too many texts.
            ChildTimedOut: It takes too long, or so many others do that its turn does not come.
            ChildOutOfMemory, ChildDied, ChildFailed: As `Analyst.explain`.
        """
        return await self._in_turn(lambda: self.analyst.explain(question))

    async def dry_run(self, query: Query) -> DryRun:
        """What a statement would do; it counts as a text.

        Raises:
            StatementFailed: What is wrong with it, and where.
            InvalidParams, ChildTimedOut, ChildOutOfMemory, ChildDied, ChildFailed: As above.
        """
        return await self._in_turn(lambda: self.analyst.dry_run(query))

    async def profile(self, asked: Profiling) -> tuple[Profile, ...]:
        """What the columns of a table hold; it counts as a text.

        Raises:
            StatementFailed: It takes more memory or time than it may.
            InvalidParams, ChildTimedOut, ChildOutOfMemory, ChildDied, ChildFailed: As above.
        """
        return await self._in_turn(lambda: self.analyst.profile(asked))

    async def _in_turn(self, work: Callable[[], Awaitable[T]]) -> T:
        now, waited = asyncio.get_running_loop().time(), self.analyst.wait_seconds
        self._until = self._until or now + waited
        self._asked += 1
        try:
            async with asyncio.timeout_at(self._until), self._turn:
                self._check()
                return await work()
        except TimeoutError as error:
            message = f"Other texts are being explained, and the turn of this one did not come in {waited:g} s."
            raise ChildTimedOut(message, hint="Ask again in a moment.") from error

    def _check(self) -> None:
        if self._asked > MAX_TEXTS:
            problem = f"is one of {self._asked} texts of one request; at most {MAX_TEXTS} are taken"
            raise InvalidParams(
                "sql", problem, hint="Ask for each by itself, or submit all of them as one run."
            )
