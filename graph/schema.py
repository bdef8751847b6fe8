"""Puts the parts together; its one public name is `schema`."""

from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry import relay
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from graph.derive import result_types
from graph.events import EVENT_TYPES, RunSubscription
from graph.limits import Parsed, Tokens, Validated
from graph.lineage import LineageQuery
from graph.refusals import HANDLERS, ShownErrors
from graph.runs import RunQuery
from graph.scalars import SCALARS
from graph.service import ServiceQuery
from graph.submissions import RunMutation, submission_of
from jobs.pipeline import Pipelines, load_pipelines
from jobs.settings import WorkSettings


def node_query() -> type[Any]:
    """Relay's way to anything by its global id. A schema binds these fields, so each gets its own."""

    @strawberry.type
    class NodeQuery:
        node: relay.Node | None = relay.node(description="Anything that has a global id.")
        nodes: list[relay.Node | None] = relay.node(description="Many things by their global ids.")

    return NodeQuery


class QuietSchema(strawberry.Schema):
    """A schema that leaves logging of errors to `ShownErrors`, which knows ours from bugs."""

    def process_errors(self, errors: list[GraphQLError], execution_context: Any = None) -> None:
        pass


def build_schema(pipelines: Pipelines) -> strawberry.Schema:
    """The API over these run kinds."""
    query = merge_types("Query", (node_query(), RunQuery, LineageQuery, ServiceQuery))
    mutation = merge_types("Mutation", (submission_of(pipelines), RunMutation))
    return QuietSchema(
        query=query,
        mutation=mutation,
        subscription=merge_types("Subscription", (RunSubscription,)),
        types=[*EVENT_TYPES, *result_types(pipelines)],
        extensions=[Tokens, Parsed, Validated, ShownErrors],
        exception_handlers=HANDLERS,
        config=StrawberryConfig(scalar_map=SCALARS, relay_max_results=100),
    )


schema = build_schema(load_pipelines(WorkSettings.model_fields["pipeline_packages"].default))
