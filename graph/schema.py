"""Puts the parts together; its one public name is `schema`."""

from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from graph.context import Context
from graph.derive import result_types
from graph.events import EVENT_TYPES, RunSubscription
from graph.limits import NoNul, Parsed, Tokens, Validated
from graph.lineage import LineageQuery
from graph.nodes import NodeQuery
from graph.refusals import HANDLERS, ShownErrors
from graph.runs import RunQuery
from graph.scalars import SCALARS
from graph.service import ServiceQuery
from graph.submissions import RunMutation, submission_of
from jobs.pipeline import Pipelines, load_pipelines
from jobs.settings import WorkSettings


class OurSchema(strawberry.Schema):
    """A schema whose every operation has loaders of its own, over HTTP and on a socket that lives long."""

    async def execute(self, query: str | None, **more: Any) -> Any:  # type: ignore[override]  # doors name all else
        context: Context = more.pop("context_value")
        return await super().execute(query, context_value=context.for_operation(), **more)

    async def stream(self, query: str | None, **more: Any) -> Any:  # type: ignore[override]  # doors name all else
        context: Context = more.pop("context_value")
        return await super().stream(query, context_value=context.for_operation(), **more)

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        """Leave the logging of errors to `ShownErrors`, which knows ours from bugs."""


def checked(root: type[Any]) -> type[Any]:
    """A root type, with what is asked of all arguments asked of each of its fields."""
    for field in root.__strawberry_definition__.fields:
        if not any(isinstance(extension, NoNul) for extension in field.extensions):
            field.extensions.append(NoNul())
    return root


def build_schema(pipelines: Pipelines) -> strawberry.Schema:
    """The API over these run kinds."""
    query = merge_types("Query", (NodeQuery, RunQuery, LineageQuery, ServiceQuery))
    mutation = merge_types("Mutation", (submission_of(pipelines), RunMutation))
    subscription = merge_types("Subscription", (RunSubscription,))
    return OurSchema(
        query=checked(query),
        mutation=checked(mutation),
        subscription=checked(subscription),
        types=[*EVENT_TYPES, *result_types(pipelines)],
        extensions=[Tokens, Parsed, Validated, ShownErrors],
        exception_handlers=HANDLERS,
        config=StrawberryConfig(scalar_map=SCALARS, relay_max_results=100),
    )


schema = build_schema(load_pipelines(WorkSettings.model_fields["pipeline_packages"].default))
