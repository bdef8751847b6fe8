"""GraphQL over websockets, where Strawberry is kept from dying of what a client may send."""

import asyncio
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


WATCH_SECONDS = 0.5  # between two looks at what somebody on a socket may still do


class Conversation(BaseGraphQLTransportWSHandler[Context, None]):
    """What is said on one socket, in graphql-transport-ws.

    A message of a wrong shape ends it with 4400. A bad operation is an `error` for that operation, and
    all others go on.
    """

    watch: "asyncio.Task[None] | None" = None

    async def handle_connection_init(self, message: Any) -> None:
        await super().handle_connection_init(message)
        if self.connection_acknowledged and self.watch is None and self.context.principal.may_end:
            self.watch = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        """End the socket with 4403 soon after its principal loses a right: they expire, others change them."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            rights = await cast("Any", self.view).sign_in.rights_of(self.context.principal)
            if not rights.covers(self.context.rights):
                await self.websocket.close(code=4403, reason="You may not do what you did before.")
                return
            self.context.rights = rights

    async def shutdown(self) -> None:
        if self.watch is not None:
            self.watch.cancel()
        await super().shutdown()

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
