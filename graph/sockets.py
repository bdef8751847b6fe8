"""GraphQL over websockets, where Strawberry is kept from dying of what a client may send."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from json import JSONDecodeError
from typing import Any, cast

import orjson
from graphql import GraphQLError
from starlette.websockets import WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler

from db.store import is_passing
from graph.auth import Principal, authorization_of, without_authorization
from graph.context import Context
from graph.documents import Documents
from graph.errors import TooManyOperations
from graph.journal import Note, network_of
from graph.quotas import LimitName
from graph.refusals import shown
from graph.rights import Rights
from graph.sign_in import ACTION as SIGN_IN
from graph.sign_in import SignIn
from jobs.errors import DatabaseAway, Forbidden, IssuerAway, LimitReached, Rejected, Unauthenticated

TRY_LATER = 1013  # known clients try again later, where 4429 would have them give up
REASON_BYTES = 123  # all that a close frame has room for
TYPES = ("complete", "connection_init", "ping", "pong", "subscribe")  # a set would refuse to look up a list


class Socket(ASGIWebSocketAdapter):
    """A socket that takes messages up to a size, and whose reason for closing always fits."""

    def __init__(self, *arguments: Any, max_bytes: int) -> None:
        super().__init__(*arguments)
        self._max = max_bytes

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """What is said, as JSON; the first message that is too large is the last one."""
        del ignore_parsing_errors  # which only the older protocol wants
        try:
            while self.ws.application_state is WebSocketState.CONNECTED:
                text = await self.ws.receive_text()
                if len(text) > self._max or len(text.encode()) > self._max:
                    await self.close(1009, f"A message may have {self._max:,} bytes.")
                    return
                yield self.view.decode_json(text)
        except JSONDecodeError as error:
            raise NonJsonMessageReceived from error
        except KeyError as error:  # a frame without text
            raise NonTextMessageReceived from error
        except WebSocketDisconnect:
            return

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Say something, unless the conversation has ended meanwhile."""
        if self.ws.application_state is WebSocketState.CONNECTED:
            await super().send_json(message)

    async def close(self, code: int, reason: str) -> None:
        """End the conversation, unless it has ended: whoever is first says why."""
        if self.ws.application_state is WebSocketState.CONNECTED:
            await super().close(code, reason.encode()[:REASON_BYTES].decode(errors="ignore"))


LESS = "You may not do what you did before."
WATCH_SECONDS = 0.5  # between two looks at what somebody on a socket may still do


class Conversation(BaseGraphQLTransportWSHandler[Context, None]):
    """What is said on one socket, in graphql-transport-ws.

    A message of a wrong shape ends it with 4400. A bad operation is an `error` for that operation, and
    all others go on.
    """

    def __init__(self, *, documents: Documents, **more: Any) -> None:
        super().__init__(**more)
        self._documents = documents
        self.watch: asyncio.Task[None] | None = None

    async def handle(self) -> None:
        """Talk, if there is a place for one more socket of this address."""
        context = self.context
        try:
            await context.meter.take(LimitName.REQUESTS, context.asker)
            await context.meter.sit(context.seat, context.asker)
            await super().handle()
        except LimitReached as refusal:
            await self.websocket.close(code=TRY_LATER, reason=str(refusal))
        finally:
            await context.meter.leave(context.seat)

    async def handle_connection_init(self, message: Any) -> None:
        await super().handle_connection_init(message)
        if self.connection_acknowledged and self.watch is None and self.context.principal.may_end:
            self.watch = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        """End the socket with 4403 soon after its principal loses a right: they expire, others change them."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            principal = self.context.principal
            try:
                rights = await self._sign_in.rights_of(principal)
            except Exception as error:
                if is_passing(error):
                    continue  # the database is away: nothing else works meanwhile, and soon it is asked again
                await self.websocket.close(code=1011, reason="It could not be looked up what you may do.")
                raise
            if principal is not self.context.principal:
                continue  # it signed in anew meanwhile
            if not rights.covers(self.context.rights):
                await self._send_away(LESS)
                return
            self.context.rights = rights

    async def _send_away(self, reason: str) -> None:
        """End the socket of somebody who was signed in, and may not go on."""
        who = self.context.principal.name
        self.context.note(Note(SIGN_IN, Forbidden.code, who, reason=reason), (who, reason))
        await self.websocket.close(code=4403, reason=reason)

    @property
    def _sign_in(self) -> SignIn:
        sign_in: SignIn = cast("Any", self.view).sign_in
        return sign_in

    async def _renew(self, authorization: str) -> None:
        """Sign in anew on an open socket, as the same principal; close it with 4403 for any other.

        Operations under way go on, so whoever may do less by now is sent away as by the watch.

        Raises:
            IssuerAway, DatabaseAway: Nobody can tell whose it is; what was brought before goes on.
        """
        try:
            principal, rights = await self._recognised(authorization)
        except Unauthenticated as error:
            await self.websocket.close(code=4403, reason=str(error))
            return
        before = self.context.principal
        if (principal.name, principal.key) != (before.name, before.key):
            await self._send_away("The token is not of whom the socket is.")
        elif not rights.covers(self.context.rights):
            await self._send_away(LESS)
        else:
            self.context.principal, self.context.rights = principal, rights

    async def _recognised(self, authorization: str) -> tuple[Principal, Rights]:
        try:
            principal = await self._sign_in.enter(authorization, self.context.request)
            return principal, await self._sign_in.rights_of(principal)
        except Exception as error:
            if is_passing(error):
                raise DatabaseAway from error
            raise

    async def shutdown(self) -> None:
        if self.watch is not None:
            self.watch.cancel()
        await super().shutdown()

    async def handle_message(self, message: object) -> None:
        if is_message(message):
            await super().handle_message(cast("Any", message))
        else:
            await self.handle_invalid_message("This is no message of graphql-transport-ws.")

    async def handle_ping(self, message: Any) -> None:
        """Answer with what came: by it a client knows which of its pings arrived. One may renew the sign-in."""
        payload: dict[str, Any] | None = message.get("payload")
        given = authorization_of(payload or {})
        if payload is not None:
            payload = without_authorization(payload)
        if given is not None and payload is not None and self.connection_acknowledged:
            try:
                await self._renew(given)
            except (IssuerAway, DatabaseAway) as error:
                payload["refused"] = error.code
        echo = {} if payload is None else {"payload": payload}
        try:
            await self.send_message(cast("Any", {"type": "pong", **echo}))
        except orjson.JSONEncodeError:  # what is nested deep can be read, but not written
            await self.handle_invalid_message("The payload of a ping is nested too deep.")

    async def handle_subscribe(self, message: Any) -> None:
        """Begin an operation, whose document may be one that is known by a hash."""
        operation, payload = message["id"], message["payload"]
        if not self.connection_acknowledged:
            early = "An operation came before the greeting."
            place = network_of(self.context.request)
            self.context.note(Note(SIGN_IN, Unauthenticated.code, reason=early), (place, early))
        if self.connection_acknowledged and operation not in self.operations:
            try:
                payload = payload | {"query": self._document(payload)}
            except Rejected as refusal:
                await self._refuse(operation, refusal)
                return
        await super().handle_subscribe(message | {"payload": payload})

    def _document(self, payload: Mapping[str, Any]) -> str | None:
        most = self.max_subscriptions_per_connection
        if most is not None and len(self.operations) >= most:
            raise TooManyOperations(most)
        return self._documents.text_of(payload.get("query"), payload.get("extensions"))

    async def _refuse(self, operation: str, refusal: Rejected) -> None:
        error = shown(GraphQLError(str(refusal), original_error=refusal))
        await self.send_message({"id": operation, "type": "error", "payload": [error.formatted]})

    @staticmethod
    def _get_pre_execution_close_reason(error: GraphQLError) -> str | None:
        del error
        return None


def is_message(message: object) -> bool:
    """Whether this has the shape of a message that a client may send."""
    if not isinstance(message, dict) or message.get("type") not in TYPES:
        return False
    if message["type"] in ("connection_init", "ping", "pong"):
        return isinstance(message.get("payload", {}), dict)
    if not isinstance(message.get("id"), str) or not message["id"]:
        return False
    return message["type"] == "complete" or is_operation(message.get("payload"))


def is_operation(payload: object) -> bool:
    """Whether this has the shape of an operation."""
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("extensions"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
        and (isinstance(payload.get("query"), str) or is_hashed(payload))
    )


def is_hashed(payload: Mapping[str, Any]) -> bool:
    """Whether an operation comes without its text, but with a hash instead."""
    return payload.get("query") is None and "persistedQuery" in (payload.get("extensions") or {})
