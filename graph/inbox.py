"""The door for OpenLineage clients: `POST /api/v1/lineage` keeps events, and a run puts them into the graph."""

import asyncio
import logging
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from db.facets import facet_row, keep_facets
from db.inbox import keep_events, waits
from db.models import MAIN_WORKSPACE
from db.roles import Role
from db.session import Session
from graph.auth import address_of
from graph.context import asker_of
from graph.errors import BadRequest
from graph.http import Belongings, error_response
from graph.journal import DONE, Note
from graph.media import is_json
from graph.quotas import LimitName
from graph.settings import ApiSettings
from jobs.engines.openlineage.events import NoEvent, read_event
from jobs.engines.openlineage.unread import Unread, unread_of
from jobs.errors import (
    Forbidden,
    HeadwaterError,
    InvalidParams,
    IssuerAway,
    LimitReached,
    Rejected,
    TooLarge,
    Unauthenticated,
    UnknownWorkspace,
    WorkspaceBusy,
)
from jobs.pipeline import params_from, to_json
from jobs.submit import Desk, RunOptions, digest_of, submit_run

KIND = "lineage"
ACTION = "postLineage"  # in the audit log
DRAIN: Mapping[str, Any] = {"inbox": True, "source": "openlineage"}
UNPACKED = 16  # times the limit of bodies that a packed one may become
SHOWN = 100  # events of a batch that an answer says something of
STATUSES: Mapping[type[HeadwaterError], int] = {
    Unauthenticated: 401,
    Forbidden: 403,
    UnknownWorkspace: 404,
    TooLarge: 413,
    InvalidParams: 422,
    LimitReached: 429,
    IssuerAway: 503,
    WorkspaceBusy: 503,
}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Batch:
    """What was sent: the events among it, and why others are none, by their places."""

    bodies: Sequence[str]
    unread: Sequence[Unread]  # facets that only whoever asks for them reads
    problems: Mapping[int, str]
    several: bool


class Inbox:
    """Takes events in. A run that has not begun will read them: only where there is none, one is submitted."""

    def __init__(self, desk: Desk, settings: ApiSettings, belongings: Belongings) -> None:
        self._desk, self._settings, self._own = desk, settings, belongings

    async def post(self, request: Request) -> Response:
        """Keep an event, or each of a batch: 201 if all are kept, 207 if some, 422 if none is an event."""
        workspace, principal = request.query_params.get("workspace", MAIN_WORKSPACE), None
        try:
            principal = await self._own.sign_in.enter(request.headers.get("authorization"), request)
            asker = asker_of(principal, address_of(self._settings, request))
            await self._own.meter.take(LimitName.REQUESTS, asker)
            rights = await self._own.sign_in.rights_of(principal)
            rights.demand(Role.RUNNER, workspace)
            batch = await asyncio.to_thread(read_batch, await self._body(request))
            if not batch.bodies:
                place, problem = next(iter(batch.problems.items()), (0, "the batch is empty"))
                field = f"[{place}]" if batch.several else "the body"
                raise InvalidParams(field, f"is no OpenLineage event: {problem}")
            work = partial(keep_batch, workspace=workspace, batch=batch, sent_by=principal.name)
            if not await self._desk.store.write(work):
                raise UnknownWorkspace
            await self._drain(workspace, principal.name)
        except HeadwaterError as error:
            if principal is not None:  # who could not sign in is written down there
                self._note(request, principal.name, workspace, error)
            status = error.status if isinstance(error, BadRequest) else STATUSES.get(type(error), 400)
            return error_response(error, status)
        except ClientDisconnect:
            return Response(status_code=499)
        self._note(request, principal.name, workspace, None)
        return answer(batch)

    def _note(self, request: Request, name: str, workspace: str, error: HeadwaterError | None) -> None:
        """Have written down who sent events where, and what came of it."""
        outcome, reason = (DONE, "") if error is None else (error.code, str(error))
        note = Note(ACTION, outcome, name, workspace, reason=reason)
        self._own.journal.tell(note, request, (name, workspace))

    async def _body(self, request: Request) -> bytes:
        """The body, unpacked if it is packed.

        Raises:
            BadRequest: It is no JSON by its headers, or packed in another way than by gzip.
            TooLarge: It is too large when unpacked.
        """
        if not is_json(request.headers.get("content-type")):
            raise BadRequest("Send application/json, in UTF-8.", status=415)
        packing = request.headers.get("content-encoding", "").strip().lower()
        body = await request.body()
        if packing in {"", "identity"}:
            return body
        if packing != "gzip":
            raise BadRequest("Send the body as it is, or packed by gzip.", status=415)
        return await asyncio.to_thread(unpacked, body, self._settings.max_body_bytes * UNPACKED)

    async def _drain(self, workspace: str, created_by: str) -> None:
        """Begin a run that reads the events, unless one is going to. They are kept whether or not it begins."""
        pipeline = self._desk.pipelines.get(KIND)
        if pipeline is None:
            return
        params = params_from(pipeline, dict(DRAIN))
        digest = digest_of(KIND, to_json(params))
        if await self._desk.store.read(partial(waits, workspace=workspace, input_digest=digest)):
            return
        try:
            await submit_run(self._desk, created_by, KIND, params, RunOptions(workspace=workspace))
        except Rejected as refused:
            log.warning("events wait: no run was begun", extra={"workspace": workspace, "code": refused.code})


def keep_batch(session: Session, workspace: str, batch: Batch, *, sent_by: str) -> bool:
    """Keep what was sent, events and what they say that nobody reads; False if there is no such workspace."""
    if not keep_events(session, workspace, batch.bodies, sent_by=sent_by):
        return False
    keep_facets(session, [facet_row(workspace, **asdict(each)) for each in batch.unread])
    return True


def read_batch(content: bytes) -> Batch:
    """What a body holds: one event or an array of them. Heavy for large ones.

    Raises:
        BadRequest: It is no JSON.
    """
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"What was sent is not JSON in UTF-8: {error}") from error
    bodies: list[str] = []
    unread: list[Unread] = []
    problems: dict[int, str] = {}
    for place, each in enumerate(value if isinstance(value, list) else [value]):
        try:
            event = read_event(each)
            bodies.append(orjson.dumps(each, option=orjson.OPT_SORT_KEYS).decode())
            unread += unread_of(each, event)
        except NoEvent as problem:
            problems[place] = str(problem)
        except orjson.JSONEncodeError:
            problems[place] = "it is nested too deep"
    return Batch(bodies, unread, problems, several=isinstance(value, list))


def unpacked(body: bytes, most: int) -> bytes:
    """What gzip packed.

    Raises:
        BadRequest: It is no gzip, or cut.
        TooLarge: It would become larger than `most` bytes.
    """
    stream = zlib.decompressobj(wbits=31)
    try:
        content = stream.decompress(body, most + 1)
    except zlib.error as error:
        raise BadRequest("The body is not what Content-Encoding says: no gzip.") from error
    if len(content) > most:
        raise TooLarge(f"The body is larger than {most:,} bytes when unpacked.")
    if not stream.eof:
        raise BadRequest("The body is cut: its gzip has no end.")
    return content


def answer(batch: Batch) -> Response:
    """What clients are told: how many events were kept, and of others why not."""
    failed = [{"index": place, "reason": problem} for place, problem in list(batch.problems.items())[:SHOWN]]
    summary = {
        "received": len(batch.bodies) + len(batch.problems),
        "successful": len(batch.bodies),
        "failed": len(batch.problems),
    }
    status = 207 if batch.problems else 201
    return JSONResponse(
        {"status": "partial_success" if failed else "success", "summary": summary, "failed_events": failed},
        status,
    )
