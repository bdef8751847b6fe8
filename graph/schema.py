"""Puts the parts together; its one public name is `schema`."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType
from strawberry.utils.str_converters import to_camel_case

from graph.aliases import AliasMutation, AliasQuery
from graph.analyses import AnalysisQuery
from graph.annotating import AnnotationMutation
from graph.assets import AssetQuery
from graph.audit import Audited, AuditQuery, Witnessed
from graph.checkup import CheckupQuery
from graph.context import Context
from graph.derive import result_types
from graph.differences import DifferenceQuery
from graph.edge_words import EdgeWordMutation, EdgeWordQuery
from graph.events import EVENT_TYPES, RunSubscription
from graph.feeds import FeedSubscription
from graph.fulltext import FullTextQuery
from graph.impact import ImpactQuery
from graph.keys import KeyMutation, KeyQuery
from graph.limits import Allowed, Limits, NoNul, Parsed, Tokens, Validated, charged
from graph.lineage import LineageQuery
from graph.logs import LogQuery
from graph.members import MemberMutation, MemberQuery
from graph.nodes import NodeQuery
from graph.paths import PathQuery
from graph.pictures import PictureQuery
from graph.plain import PlainExecutor
from graph.quotas import LimitName
from graph.refusals import HANDLERS, is_request_error, shown
from graph.revisions import RevisionQuery
from graph.runs import RunQuery
from graph.saved_queries import SavedQueryMutation, SavedQueryQuery
from graph.scalars import SCALARS
from graph.search import SearchQuery
from graph.service import ServiceQuery
from graph.sources import SourceMutation, SourceQuery
from graph.submissions import RunMutation, submission_of
from graph.system import SystemQuery
from graph.tables import TableQuery
from graph.tabular import TabularResult
from graph.tag_policies import TagPolicyMutation, TagPolicyQuery
from graph.tags import TagQuery
from graph.uploads import UploadMutation, UploadQuery
from graph.viewer import ViewerQuery
from graph.watches import WatchMutation, WatchQuery
from graph.workspaces import WorkspaceMutation
from jobs.errors import HeadwaterError
from jobs.pipeline import Pipelines, load_pipelines
from jobs.settings import WorkSettings

QUERIES = (
    NodeQuery,
    RunQuery,
    UploadQuery,
    AssetQuery,
    SearchQuery,
    FullTextQuery,
    LineageQuery,
    TableQuery,
    ImpactQuery,
    PathQuery,
    CheckupQuery,
    PictureQuery,
    AnalysisQuery,
    RevisionQuery,
    DifferenceQuery,
    ServiceQuery,
    SystemQuery,
    LogQuery,
    MemberQuery,
    KeyQuery,
    ViewerQuery,
    AuditQuery,
    TagPolicyQuery,
    TagQuery,
    WatchQuery,
    SavedQueryQuery,
    EdgeWordQuery,
    SourceQuery,
    AliasQuery,
)
SINGLE = frozenset({OperationType.QUERY, OperationType.MUTATION})  # operations that have one result


class OurSchema(strawberry.Schema):
    """A schema whose every operation has loaders of its own, and whose errors are fit to be seen.

    Both hold for each door: `execute` is the way of HTTP, `stream` that of a socket, which lives long.
    """

    limits = Limits()

    async def execute(self, query: str | None, **more: Any) -> Any:  # type: ignore[override]  # doors name all else
        if too_long := self.limits.refused_unread(query):
            return self._fit(PreExecutionError(data=None, errors=[too_long]))
        context: Context = more.pop("context_value")
        allowed = SINGLE.intersection(more.pop("allowed_operation_types"))
        more |= {"context_value": context.for_operation(), "allowed_operation_types": allowed}
        return self._fit(await super().execute(query, **more))

    async def stream(self, query: str | None, **more: Any) -> Any:  # type: ignore[override]  # doors name all else
        if too_long := self.limits.refused_unread(query):
            return self._fit_stream(only(PreExecutionError(data=None, errors=[too_long])))
        context: Context = more.pop("context_value")
        # HTTP counts at its door; here the other operations of a socket do not wait for it.
        if refused := await charged(context, LimitName.REQUESTS, 1):
            return self._fit_stream(only(PreExecutionError(data=None, errors=refused)))
        return self._fit_stream(await super().stream(query, context_value=context.for_operation(), **more))

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """Leave the logging of errors to `shown`, which knows ours from bugs."""

    def _fit(self, result: Any) -> Any:
        """A result with its errors as clients may see them."""
        if result.errors:
            result.errors = [shown(self.limits.told(error)) for error in result.errors]
        return result

    async def _fit_stream(self, results: AsyncGenerator[Any, None]) -> AsyncGenerator[Any, None]:
        is_first = True
        async with aclosing(results):
            async for result in results:
                made = first_of(result) if is_first else without_cost(result)
                yield self._fit(made)
                is_first = False


async def only(result: Any) -> AsyncGenerator[Any, None]:
    yield result


def first_of(result: Any) -> Any:
    """A first result, as what it is if nothing was executed: values of variables are looked at late.

    What a feed refuses comes from its first event, which was executed.
    """
    ours = any(isinstance(error.original_error, HeadwaterError) for error in result.errors or ())
    if is_request_error(result) and not ours:
        return PreExecutionError(result.data, result.errors, result.extensions)
    return result


def without_cost(result: Any) -> Any:
    """A result that is not the first one of its operation: what that costs was told."""
    (result.extensions or {}).pop("cost", None)
    return result


def checked(root: type[Any], *, is_mutation: bool = False) -> type[Any]:
    """A root type, with what is asked of all arguments, and of who asks, asked of each of its fields."""
    for field in root.__strawberry_definition__.fields:
        if not any(isinstance(extension, NoNul) for extension in field.extensions):
            name = field.graphql_name or to_camel_case(field.python_name)
            noting = Audited(name) if is_mutation else Witnessed(name)
            field.extensions += [NoNul(), Allowed(name), noting]  # the last one is the outermost
    return root


def build_schema(pipelines: Pipelines, limits: Limits | None = None) -> strawberry.Schema:
    """The API over these run kinds."""
    limits = limits or Limits()
    query = merge_types("Query", QUERIES)
    mutation = merge_types(
        "Mutation",
        (
            submission_of(pipelines),
            RunMutation,
            UploadMutation,
            WorkspaceMutation,
            MemberMutation,
            AnnotationMutation,
            EdgeWordMutation,
            SourceMutation,
            AliasMutation,
            KeyMutation,
            TagPolicyMutation,
            WatchMutation,
            SavedQueryMutation,
        ),
    )
    subscription = merge_types("Subscription", (RunSubscription, FeedSubscription))
    made = OurSchema(
        query=checked(query),
        mutation=checked(mutation, is_mutation=True),
        subscription=checked(subscription),
        types=[*EVENT_TYPES, *result_types(pipelines, TabularResult)],
        extensions=[partial(Tokens, limits), Parsed, partial(Validated, limits)],
        execution_context_class=PlainExecutor,
        exception_handlers=HANDLERS,
        config=StrawberryConfig(scalar_map=SCALARS, relay_max_results=100),
    )
    made.limits = limits
    return made


schema = build_schema(load_pipelines(WorkSettings.model_fields["pipeline_packages"].default))
