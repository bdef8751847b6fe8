"""GraphQL over websockets, where Strawberry is kept from dying of what a client may send."""

from typing import Any, cast

from graphql import GraphQLError
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler

from graph.context import Context

REASON_BYTES = 123  # all that a close frame has room for
TYPES = ("complete", "connection_init", "ping", "pong", "subscribe")  # a set would refuse to look up a list


class Socket(ASGIWebSocketAdapter):
    """A socket whose reason for closing always fits, whatever of the client's it repeats."""

    async def close(self, code: int, reason: str) -> None:
        await super().close(code, reason.encode()[:REASON_BYTES].decode(errors="ignore"))


class Conversation(BaseGraphQLTransportWSHandler[Context, None]):
    """What is said on one socket, in graphql-transport-ws.

    A message of a wrong shape ends it with 4400. A bad operation is an `error` for that operation, and
    all others go on.
    """

    async def handle_message(self, message: object) -> None:
        if is_message(message):
            await super().handle_message(cast("Any", message))
        else:
            await self.handle_invalid_message("This is no message of graphql-transport-ws.")

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:
        del error
        return None


def is_message(message: object) -> bool:
    """Whether this has the shape of a message that a client may send."""
    if not isinstance(message, dict) or message.get("type") not in TYPES:
        return False
    if message["type"] in ("connection_init", "ping", "pong"):
        return True
    if not isinstance(message.get("id"), str):
        return False
    return message["type"] == "complete" or is_operation(message.get("payload"))


def is_operation(payload: object) -> bool:
    """Whether this has the shape of an operation."""
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("query"), str)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )
