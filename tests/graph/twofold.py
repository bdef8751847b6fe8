"""Each query that tests ask is executed twice: by our executor, and by the one that it is to be equal to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from graphql import ExecutionResult, OperationType
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry import Schema
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from graph.http import Door
from graph.plain import PlainExecutor


class Comparison:
    """How many operations were executed by both, and what differed; one for the process."""

    def __init__(self) -> None:
        self.on, self.compared, self.unsteady = True, 0, 0
        self.differences: list[str] = []

    def note(self, operation: str, plain: str, theirs: str, *, steady: bool) -> None:
        """Keep what came of an operation. What differs from one time to the next is told from neither."""
        self.compared += 1
        if plain != theirs:
            self.unsteady += not steady
            self.differences += [f"{operation}\n{plain}\n{theirs}"] if steady else []

    def taken(self) -> list[str]:
        """What differed since this was asked last."""
        found, self.differences = self.differences, []
        return found


COMPARISON = Comparison()


@contextmanager
def once() -> Iterator[None]:
    """Within the block everything is executed once, as for clients: somebody counts what it takes."""
    before, COMPARISON.on = COMPARISON.on, False
    try:
        yield
    finally:
        COMPARISON.on = before


class Twofold(PlainExecutor):
    """Our executor, beside which graphql-core's executes all that changes nothing."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._given = (arguments, more)

    def execute_operation(self, serially: bool | None = None) -> Any:  # noqa: FBT001 - graphql-core's own
        """What ours gives, compared with theirs once that is there."""
        ours: Any = super().execute_operation(serially)
        if not COMPARISON.on or self.operation.operation is OperationType.MUTATION:
            return ours
        return self._compared(ours)

    async def _compared(self, given: Any) -> ExecutionResult:
        ours: ExecutionResult = await given if self.is_awaitable(given) else given
        theirs = await self._again(StrawberryGraphQLCoreExecutionContext)
        steady, operation = True, self.operation.loc.source.body if self.operation.loc else ""
        if told(ours) != theirs:
            both = PlainExecutor, StrawberryGraphQLCoreExecutionContext
            steady = [told(ours), theirs] == [await self._again(each) for each in both]
        COMPARISON.note(operation, told(ours), theirs, steady=steady)
        return ours

    async def _again(self, executor: type[Any]) -> str:
        """What another executor gives, with loaders that have read nothing yet."""
        arguments, more = self._given
        made = executor(*arguments, **more)
        made.root_value, made.context_value = self.root_value, self.context_value.for_operation()
        given = made.execute_operation(serially=False)  # as is all that changes nothing
        return told(await given if self.is_awaitable(given) else given)


def told(result: ExecutionResult) -> str:
    """Data and errors as they are sent, keys in their order; errors in any: they come as they are ready."""
    errors = sorted(
        f"{error.message} at {error.path} {error.locations}: {type(error.original_error).__name__}"
        for error in result.errors or ()
    )
    return orjson.dumps([result.data, errors]).decode()


def make_twofold(app: Starlette) -> None:
    """Let an application execute with both."""
    for route in app.routes:
        if isinstance(route, Route) and isinstance(route.endpoint, Door):
            made = route.endpoint.schema
            assert isinstance(made, Schema)
            made.execution_context_class = Twofold
