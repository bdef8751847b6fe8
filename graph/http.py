"""The doors: GraphQL over HTTP, the GraphiQL page, health and the schema's text."""

import asyncio
import gzip
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from json import JSONDecodeError
from pathlib import Path
from typing import Any, cast

import orjson
import structlog
from cross_web import HTTPException, StarletteRequestAdapter
from starlette.exceptions import HTTPException as NotRouted
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from db.graphs import Graphs
from graph.auth import ANYBODY, address_of, authorization_of
from graph.context import Context, asker_of
from graph.documents import Documents
from graph.errors import BadRequest, CrossSite, ForeignOrigin
from graph.grants import Transfers
from graph.graphiql import example_tabs, graphiql_headers, graphiql_page
from graph.health import check_all, status_of, uptime_seconds
from graph.journal import Journal
from graph.loaders import Loaders
from graph.media import GRAPHQL, JSON, chosen, is_foreign, is_forgeable, is_json, takes_gzip
from graph.meter import Meter
from graph.quotas import Asker, LimitName
from graph.refusals import code_of, is_request_error, limit_in, masked
from graph.rights import NOBODY
from graph.service import VERSION
from graph.settings import ApiSettings
from graph.sign_in import SignIn
from graph.sockets import Conversation, Socket
from jobs.analyst import Analyst, Sitting
from jobs.errors import HeadwaterError, IssuerAway, LimitReached, TooLarge, Unauthenticated
from jobs.submit import Desk

REQUEST_ID = "x-request-id"
UPLOADS = "/uploads/"  # where bodies have a limit of their own
NO_STORE = {"Cache-Control": "no-store"}
METHODS = ("GET", "POST")
PLAIN = ("", "identity")  # encodings of bodies that are none
GZIP_FROM, GZIP_LEVEL = 2_048, 5  # bytes; smaller answers fit into few packets anyway


def error_response(error: HeadwaterError, status: int, *, media: str | None = JSON) -> Response:
    """A refusal before GraphQL began, in GraphQL's own form."""
    shown = {"errors": [{"message": str(error), "extensions": code_of(error)}]}
    headers = dict(getattr(error, "headers", None) or {})
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    return JSONResponse(shown, status, headers, media or JSON)


async def unrouted(_request: Request, error: Exception) -> Response:
    """What is answered where there is no door, or none for this method."""
    status = error.status_code if isinstance(error, NotRouted) else 500
    headers = getattr(error, "headers", None)
    words = "There is nothing at this address." if status == 404 else "This cannot be done here."
    return error_response(BadRequest(words, headers=headers), status)


async def crashed(request: Request, error: Exception) -> Response:
    """What is shown of a bug in the doors themselves."""
    request_id = id_of(request.scope)
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        message, extensions = masked(error)
    shown = {"errors": [{"message": message, "extensions": extensions}]}
    return JSONResponse(shown, 500, {REQUEST_ID: request_id})


class Envelope(StarletteRequestAdapter):
    """What a request says about itself; the capitals of a media type do not matter."""

    @property
    def content_type(self) -> str:
        return (super().content_type or "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Belongings:
    """What resolvers have at hand besides runs, opened once a process."""

    transfers: Transfers
    graphs: Graphs
    analyst: Analyst
    logs: Path
    sign_in: SignIn
    meter: Meter
    journal: Journal


class Door(GraphQL[Context, None]):
    """Strawberry's view, told who we are and what we do not accept."""

    request_adapter_class = Envelope

    def __init__(
        self, schema: Any, desk: Desk, hints: Any, settings: ApiSettings, belongings: Belongings
    ) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            allowed_origins=settings.cors_origins
            or (),  # of sockets, beside our own and clients that are no browser
            connection_init_wait_timeout=timedelta(seconds=settings.socket_init_seconds),
            max_subscriptions_per_connection=settings.max_socket_operations,
        )
        self._documents = documents = Documents.of(settings)
        self.graphql_transport_ws_handler_class = cast("Any", partial(Conversation, documents=documents))
        self.websocket_adapter_class = cast("Any", partial(Socket, max_bytes=settings.max_message_bytes))
        self._desk, self._hints, self._settings = desk, hints, settings
        self._own, self.sign_in = belongings, belongings.sign_in
        self._page = graphiql_page(example_tabs()) if settings.graphiql else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        request = Request(scope, receive)
        response = await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if is_visitor(request):
            if self._page is None:
                return await unrouted(request, NotRouted(404))
            return HTMLResponse(self._page, headers=graphiql_headers())
        media = chosen(request.headers.get("accept"))
        try:
            refuse_envelope(request, media, self.allowed_origins)
            return await packed(await self.run(request), request)
        except Unauthenticated as error:
            response = error_response(error, 401, media=media)
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        except IssuerAway as error:
            return error_response(error, 503, media=media)
        except LimitReached as error:
            return error_response(error, 429, media=media)
        except TooLarge as error:
            return error_response(error, 413, media=media)
        except BadRequest as error:
            return error_response(error, error.status, media=media)
        except HTTPException as error:
            refusal = as_refusal(error)
            return error_response(refusal, refusal.status, media=media)
        except ClientDisconnect:
            return Response(status_code=499)

    def should_render_graphql_ide(self, request: Any) -> bool:
        """Never: our page is not Strawberry's, and a GET without a text may have a hash."""
        del request
        return False

    async def parse_http_body(self, request: Any) -> GraphQLRequestData | list[GraphQLRequestData]:
        data = await super().parse_http_body(request)
        if not isinstance(data, list) and not isinstance(data.operation_name, str | None):
            raise HTTPException(400, "`operationName` must be a string or null, if provided.")
        if isinstance(data, list):  # never: batches are refused
            return data
        query = self._documents.text_of(data.query, data.extensions)
        # Some clients send a name that is empty.
        return replace(data, query=query, operation_name=data.operation_name or None)

    async def get_sub_response(self, request: Any) -> Response:
        response = await super().get_sub_response(request)
        response.media_type = chosen(request.headers.get("accept"))
        return response

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        answer = await super().process_result(request, result)
        if is_request_error(result):
            del answer["data"]  # nothing was executed, so there is none
        return answer

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        media = sub_response.media_type or JSON
        # Clients that know only the older type take whatever is no 200 for a failure of the network.
        status = 400 if media == GRAPHQL and "data" not in response_data else 200
        headers = dict(NO_STORE)
        limited = limit_in(response_data)
        if limited is not None:  # whoever is to wait is told so in the words of HTTP, whatever they know
            status = 429
            headers |= {"Retry-After": str(limited["retryAfter"])} if limited["retryAfter"] is not None else {}
        response = Response(self.encode_json(response_data), status, headers, media)
        response.headers["Vary"] = "Accept, Accept-Encoding"
        return response

    def parse_json(self, data: str | bytes) -> Any:
        try:
            decoded = self.decode_json(data)
        except JSONDecodeError as error:  # its words say where, and tell bytes that are not UTF-8 from bad JSON
            raise HTTPException(400, f"What was sent is not JSON in UTF-8: {error}") from error
        if not isinstance(decoded, dict | list):
            raise HTTPException(400, "What was sent is JSON, but not an object.")
        return decoded

    def decode_json(self, data: str | bytes) -> object:
        decoded: object = orjson.loads(data)
        return decoded

    def encode_json(self, data: object) -> str | bytes:
        # Text, not bytes: bytes would make every message of a socket a binary frame.
        return orjson.dumps(data).decode()

    async def get_context(self, request: Request | WebSocket, response: Any) -> Context:
        authorization = request.headers.get("authorization")
        # A socket may still bring its token with connection_init: see on_ws_connect.
        waits = isinstance(request, WebSocket)
        origin, meter = address_of(self._settings, request), self._own.meter
        try:
            principal = ANYBODY if waits else await self.sign_in.enter(authorization, request)
        except Unauthenticated:  # whoever tries keys counts, too
            await meter.take(LimitName.REQUESTS, Asker(address=origin))
            raise
        if not waits:
            await meter.take(LimitName.REQUESTS, asker_of(principal, origin))
        return Context(
            principal=principal,
            rights=NOBODY if waits else await self.sign_in.rights_of(principal),
            origin=origin,
            desk=self._desk,
            hints=self._hints,
            loaders=Loaders(self._desk.store, self._own.graphs),
            transfers=self._own.transfers,
            graphs=self._own.graphs,
            sitting=Sitting(self._own.analyst),
            logs=self._own.logs,
            sign_in=self.sign_in,
            meter=meter,
            journal=self._own.journal,
            request=request,
            response=response,
        )

    async def on_ws_connect(self, context: Context) -> Any:
        given = authorization_of(context.connection_params)
        if given is None and context.request is not None:
            given = context.request.headers.get("authorization")
        try:
            context.principal = await self.sign_in.enter(given, context.request)
            context.rights = await self.sign_in.rights_of(context.principal)
            await context.meter.sit(context.seat, context.asker)
        except (Unauthenticated, IssuerAway) as error:
            raise ConnectionRejectionError from error
        return await super().on_ws_connect(context)


def is_visitor(request: Request) -> bool:
    """Whether a browser opens the address, rather than a program asking a question."""
    wants_page = "text/html" in request.headers.get("accept", "")
    asks = not {"query", "extensions"}.isdisjoint(request.query_params)
    return request.method == "GET" and wants_page and not asks


def refuse_envelope(request: Request, media: str | None, allowed: Collection[str]) -> None:
    """Refuse what is no request of GraphQL over HTTP, by what stands outside of it.

    Raises:
        BadRequest: Method, content type, encoding or wanted media type are not ours; or a page could forge it.
    """
    if request.method not in METHODS:
        raise BadRequest("GraphQL takes GET and POST.", status=405, headers={"Allow": ", ".join(METHODS)})
    if media is None:
        raise BadRequest(f"What is answered is {GRAPHQL} or {JSON}, and `Accept` takes neither.", status=406)
    if request.method == "GET":
        if is_forgeable(request):
            raise CrossSite
        return
    if is_foreign(request, allowed):
        raise ForeignOrigin
    if not is_json(request.headers.get("content-type")):
        raise BadRequest("Send application/json, in UTF-8.", status=415)
    if request.headers.get("content-encoding", "").strip().lower() not in PLAIN:
        raise BadRequest("Send the body without a Content-Encoding.", status=415)


def as_refusal(error: HTTPException) -> BadRequest:
    """What Strawberry refuses, with the status that GraphQL over HTTP wants."""
    cause = error.__cause__
    if isinstance(cause, InvalidOperationTypeError) and cause.operation_type is OperationType.MUTATION:
        return BadRequest("A mutation has to be sent by POST.", status=405, headers={"Allow": "POST"})
    if isinstance(cause, InvalidOperationTypeError):
        return BadRequest("A subscription needs a socket.", hint="Open a websocket at the same address.")
    return BadRequest(error.reason, status=error.status_code)


async def packed(response: Response, request: Request) -> Response:
    """The answer, packed where that is worth it and wanted; in a thread, for large ones take long."""
    if len(response.body) >= GZIP_FROM and takes_gzip(request.headers.get("accept-encoding")):
        response.body = await asyncio.to_thread(gzip.compress, response.body, GZIP_LEVEL, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Length"] = str(len(response.body))
    return response


class Bounded:
    """Refuses bodies over the limit, whether they announce their length or not; gives requests their id."""

    def __init__(self, app: ASGIApp, max_body_bytes: int) -> None:
        self._app, self._max = app, max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = id_of(scope) if scope["type"] in {"http", "websocket"} else ""
        if scope["type"] != "http":
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                await self._app(scope, receive, send)
            return
        limited = not (scope["method"] == "PUT" and scope["path"].startswith(UPLOADS))
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if limited and read > self._max:
                raise TooLarge(f"The body is larger than {self._max:,} bytes.")
            return message

        async def with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (REQUEST_ID.encode(), request_id.encode())]
            await send(message)

        announced = dict(scope["headers"]).get(b"content-length", b"0")
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            if limited and announced.isdigit() and int(announced) > self._max:
                refused = error_response(TooLarge(f"The body is larger than {self._max:,} bytes."), 413)
                await refused(scope, receive, with_id)
                return
            await self._app(scope, counted, with_id)


def id_of(scope: Scope) -> str:
    """The request's id: the client's own if it is a plain one, else a new one. It stays the same."""
    kept: dict[str, Any] = scope.setdefault("headwater", {})
    given = dict(scope["headers"]).get(REQUEST_ID.encode(), b"").decode("latin-1")
    plain = 1 <= len(given) <= 64 and all(part.isalnum() or part in "-_." for part in given) and given.isascii()
    request_id: str = kept.setdefault("request_id", given if plain else secrets.token_hex(8))
    return request_id


class Probes:
    """Health, the schema's text and the way in."""

    def __init__(self, desk: Desk, sdl: str | None) -> None:
        self._desk, self._sdl = desk, sdl

    async def health(self, _request: Request) -> Response:
        checks = await check_all(self._desk)
        status = status_of(checks)
        body: Mapping[str, Any] = {
            "status": status,
            "version": VERSION,
            "uptime_seconds": uptime_seconds(),
            "checks": {check.name: check.problem or "ok" for check in checks},
        }
        return JSONResponse(body, 503 if status == "down" else 200, NO_STORE)

    async def live(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers=NO_STORE)

    async def ready(self, _request: Request) -> Response:
        failing = {check.name: check.problem for check in await check_all(self._desk) if check.problem}
        return JSONResponse({"ready": not failing, "failing": failing}, 503 if failing else 200, NO_STORE)

    async def schema(self, _request: Request) -> Response:
        if self._sdl is None:
            raise NotRouted(404)
        return PlainTextResponse(self._sdl)

    async def way_in(self, _request: Request) -> Response:
        return RedirectResponse("/graphql", 307)
