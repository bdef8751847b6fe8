"""Puts the parts together; its one public name is `schema`."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types
from strawberry.types.graphql import OperationType
from strawberry.utils.str_converters import to_camel_case

from graph.analyses import AnalysisQuery
from graph.assets import AssetQuery
from graph.audit import Audited, AuditQuery
from graph.context import Context
from graph.derive import result_types
from graph.events import EVENT_TYPES, RunSubscription
from graph.keys import KeyMutation, KeyQuery
from graph.limits import Allowed, NoNul, Parsed, Tokens, Validated
from graph.lineage import LineageQuery
from graph.logs import LogQuery
from graph.members import MemberMutation, MemberQuery
from graph.nodes import NodeQuery
from graph.pictures import PictureQuery
from graph.plain import PlainExecutor
from graph.refusals import HANDLERS, shown
from graph.revisions import RevisionQuery
from graph.runs import RunQuery
from graph.scalars import SCALARS
from graph.search import SearchQuery
from graph.service import ServiceQuery
from graph.submissions import RunMutation, submission_of
from graph.uploads import UploadMutation, UploadQuery
from graph.viewer import ViewerQuery
from graph.workspaces import WorkspaceMutation
from jobs.pipeline import Pipelines, load_pipelines
from jobs.settings import WorkSettings

QUERIES = (
    NodeQuery,
    RunQuery,
    UploadQuery,
    AssetQuery,
    SearchQuery,
    LineageQuery,
    PictureQuery,
    AnalysisQuery,
    RevisionQuery,
    ServiceQuery,
    LogQuery,
    MemberQuery,
    KeyQuery,
    ViewerQuery,
    AuditQuery,
)
SINGLE = frozenset({OperationType.QUERY, OperationType.MUTATION})  # operations that have one result


class OurSchema(strawberry.Schema):
    """A schema whose every operation has loaders of its own, and whose errors are fit to be seen.

    Both hold for each door: `execute` is the way of HTTP, `stream` that of a socket, which lives long.
    """

    async def execute(self, query: str | None, **more: Any) -> Any:  # type: ignore[override]  # doors name all else
        context: Context = more.pop("context_value")
        allowed = SINGLE.intersection(more.pop("allowed_operation_types"))
        more |= {"context_value": context.for_operation(), "allowed_operation_types": allowed}
        return fit(await super().execute(query, **more))

    async def stream(self, query: str | None, **more: Any) -> Any:  # type: ignore[override]  # doors name all else
        context: Context = more.pop("context_value")
        return fit_stream(await super().stream(query, context_value=context.for_operation(), **more))

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """Leave the logging of errors to `shown`, which knows ours from bugs."""


def fit(result: Any) -> Any:
    """A result with its errors as clients may see them."""
    if result.errors:
        result.errors = [shown(error) for error in result.errors]
    return result


async def fit_stream(results: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
    async with aclosing(results):
        async for result in results:
            yield fit(result)


def checked(root: type[Any], *, is_mutation: bool = False) -> type[Any]:
    """A root type, with what is asked of all arguments, and of who asks, asked of each of its fields."""
    for field in root.__strawberry_definition__.fields:
        if not any(isinstance(extension, NoNul) for extension in field.extensions):
            name = field.graphql_name or to_camel_case(field.python_name)
            audited = [Audited(name)] if is_mutation else []
            field.extensions += [NoNul(), Allowed(name), *audited]  # the last one is the outermost
    return root


def build_schema(pipelines: Pipelines) -> strawberry.Schema:
    """The API over these run kinds."""
    query = merge_types("Query", QUERIES)
    mutation = merge_types(
        "Mutation",
        (
            submission_of(pipelines),
            RunMutation,
            UploadMutation,
            WorkspaceMutation,
            MemberMutation,
            KeyMutation,
        ),
    )
    subscription = merge_types("Subscription", (RunSubscription,))
    return OurSchema(
        query=checked(query),
        mutation=checked(mutation, is_mutation=True),
        subscription=checked(subscription),
        types=[*EVENT_TYPES, *result_types(pipelines)],
        extensions=[Tokens, Parsed, Validated],
        execution_context_class=PlainExecutor,
        exception_handlers=HANDLERS,
        config=StrawberryConfig(scalar_map=SCALARS, relay_max_results=100),
    )


schema = build_schema(load_pipelines(WorkSettings.model_fields["pipeline_packages"].default))
