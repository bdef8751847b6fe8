"""Builds the ASGI application: opens database and queue once, mounts the doors."""

import contextlib
import gc
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from db.artifacts import Folder
from db.events import newest_events
from db.graphs import Graphs
from db.hints import Hints
from db.settings import StateSettings, load_settings, secrets_of
from db.store import Store
from graph.downloads import Rows, Workshop
from graph.extracts import Extracts
from graph.files import Files
from graph.gallery import Gallery
from graph.grants import Grants, Transfers
from graph.graphiql import static_folder
from graph.http import Belongings, Bounded, Door, Probes, crashed, unrouted
from graph.inbox import Inbox
from graph.journal import NOBODY_KNOWN, Journal, Note
from graph.limits import Limits
from graph.meter import Meter
from graph.oidc import open_issuer
from graph.origins import open_to_pages
from graph.permalinks import Permalinks
from graph.quotas import Asker, limits_of
from graph.schema import build_schema
from graph.settings import ApiSettings, OidcSettings, QuotaSettings, anonymous_of, load_all, with_origins
from graph.sign_in import SignIn
from graph.turnstile import Turnstile
from jobs.analyst import Analyst
from jobs.children import ChildLimits, Children
from jobs.errors import LimitReached
from jobs.logs import LogSettings, log_folder, set_up_logs
from jobs.pipeline import load_pipelines
from jobs.pipelines.lineage.settings import LineageSettings
from jobs.queue import Queue, connect
from jobs.scratch import Scratch
from jobs.settings import WorkSettings, redis_url, scratch_folder
from jobs.submit import Desk
from jobs.uploads import Intake

EVENTS = ("/api/v1/lineage", "/api/v1/lineage/batch")  # where OpenLineage clients send them
CHILD_LIMITS = ChildLimits(size=2, idle=1, memory_bytes=1 << 29, timeout_seconds=15)
"""For looking at files that arrive."""
ANALYSIS_LIMITS = ChildLimits(
    size=2, idle=1, memory_bytes=1 << 29, timeout_seconds=10, preload=("jobs.analysis",)
)
"""For explaining small texts: children of their own, so that no upload waits for somebody's SQL."""
DOWNLOAD_LIMITS = ChildLimits(size=2, idle=1, memory_bytes=1 << 30, timeout_seconds=300)
"""For making files of rows: a million rows take some ten seconds."""

log = logging.getLogger(__name__)


def create_app(environ: Mapping[str, str] | None = None) -> Starlette:
    """The application, set up from the environment. Nothing is connected before it starts.

    Raises:
        BadSettings: The environment holds settings that cannot be used.
    """
    loaded = load_all(environ)
    state, work = loaded[StateSettings], loaded[WorkSettings]
    api = with_origins(loaded[ApiSettings], loaded[LogSettings].environment)
    set_up_logs(loaded[LogSettings], "api", files=log_folder(state), secrets=secrets_of(loaded))
    redis, counting = (connect(redis_url(work, state)) for _ in range(2))

    async def look(topics: Any) -> Mapping[str, int]:
        return await store.read(partial(newest_events, topics=topics))

    hints = Hints(redis, look)
    store = Store(state.url, synchronous=state.sqlite_synchronous, publish=hints.publish)
    transfers = transfers_of(store, state, loaded)
    graphs = Graphs(store, api.walk_cache_mb << 20)
    analyst = analyst_of(environ)
    workshop = workshop_of(work, state)
    journal = Journal(store)
    meter = Meter(limits_of(loaded[QuotaSettings]), counting, note=partial(note_limit, journal))
    sign_in = sign_in_of(journal, loaded)
    desk = Desk(store, Queue(redis), load_pipelines(work.pipeline_packages), work)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await hints.start()
        await meter.start()
        gc.collect()
        gc.freeze()  # full rounds over all that was imported would stop the loop for 100 ms
        log.info("api started", extra={"kinds": list(desk.pipelines)})
        yield
        for part in (transfers.intake.children, analyst.children, workshop, sign_in, journal, hints, meter):
            await part.close()
        graphs.close()
        store.close()
        for client in (redis, counting):
            await client.aclose(close_connection_pool=True)
        log.info("api ended")

    schema = build_schema(desk.pipelines, Limits.of(api))
    belongings = Belongings(transfers, graphs, analyst, log_folder(state), sign_in, meter, journal)
    probes = Probes(desk, schema.as_str() if api.introspection else None)
    app = Starlette(
        routes=[
            *routes_of(Door(schema, desk, hints, api, belongings), probes),
            *granted(Bytes.of(transfers, journal, workshop), Middleware(Turnstile, meter=meter, settings=api)),
            *ways_aside(Inbox(desk, api, belongings), Permalinks(store, transfers.grants, sign_in)),
        ],
        exception_handlers={HTTPException: unrouted},
        middleware=around(api),
        lifespan=lifespan,
    )
    app.state.meter, app.state.hints, app.state.graphs, app.state.analyst = meter, hints, graphs, analyst
    return app


def ways_aside(inbox: Inbox, links: Permalinks) -> list[BaseRoute]:
    """The doors for those who do not speak GraphQL: clients of OpenLineage, and people with an address."""
    return [
        *(Route(path, inbox.post, methods=["POST"]) for path in EVENTS),
        Route("/a/{id}", links.lead, methods=["GET"]),
    ]


def around(api: ApiSettings) -> list[Middleware]:
    """What every request passes, the outermost first."""
    return [
        open_to_pages(api.cors_origins or ()),
        # Starlette's own place for it is outside of all, where no page could read what is answered.
        Middleware(ServerErrorMiddleware, handler=crashed),
        Middleware(Bounded, max_body_bytes=api.max_body_bytes),
    ]


@dataclass(frozen=True, slots=True)
class Bytes:
    """The doors for those who have a grant."""

    files: Files
    gallery: Gallery
    extracts: Extracts
    rows: Rows

    @classmethod
    def of(cls, transfers: Transfers, journal: Journal, workshop: Workshop) -> "Bytes":
        return cls(
            Files(transfers, journal),
            Gallery(transfers, journal),
            Extracts(transfers, journal),
            Rows(transfers, journal, workshop),
        )


def routes_of(door: Door, probes: Probes) -> list[BaseRoute]:
    """Where each door is."""
    return [
        Route("/", probes.way_in),
        Route("/graphql", door),  # which refuses other methods in GraphQL's own form
        WebSocketRoute("/graphql", door),
        Route("/schema.graphql", probes.schema),
        Route("/health", probes.health),
        Route("/health/live", probes.live),
        Route("/health/ready", probes.ready),
        Mount("/static/graphiql", StaticFiles(directory=static_folder())),
    ]


def granted(doors: Bytes, turnstile: Middleware) -> list[BaseRoute]:
    """Where those go who have a grant."""
    return [
        Route("/uploads/{grant}", doors.files.put, methods=["PUT"], middleware=[turnstile]),
        Route("/artifacts/{grant}/{name}", doors.files.get, methods=["GET"], middleware=[turnstile]),
        Route("/rows/{grant}/{name}", doors.rows.give, methods=["GET"], middleware=[turnstile]),
        Route("/pictures/{grant}", doors.gallery.show, methods=["GET"], middleware=[turnstile]),
        Route("/audit/{grant}/{name}", doors.extracts.give, methods=["GET"], middleware=[turnstile]),
    ]


def note_limit(journal: Journal, refused: LimitReached, asker: Asker) -> None:
    """Have it written down that somebody reached a limit."""
    who = asker.principal or NOBODY_KNOWN
    note = Note("limit", refused.code, who, reason=str(refused), address=asker.address)
    journal.tell(note, None, (str(refused), asker))


def sign_in_of(journal: Journal, loaded: Mapping[Any, Any]) -> SignIn:
    """Who tells whoever asks; no issuer is asked before somebody brings its token."""
    api, oidc = loaded[ApiSettings], loaded[OidcSettings]
    anonymous = anonymous_of(api, oidc, loaded[LogSettings].environment)
    return SignIn(journal, api, anonymous=anonymous, issuer=open_issuer(oidc))


def analyst_of(environ: Mapping[str, str] | None) -> Analyst:
    """Who explains small texts; no child process is started before there is one."""
    excluded = load_settings((LineageSettings,), environ)[LineageSettings].excluded_schemas
    return Analyst(Children(ANALYSIS_LIMITS), frozenset(schema.lower() for schema in excluded))


def workshop_of(work: WorkSettings, state: StateSettings) -> Workshop:
    """Where files are made of rows; no child process is started before somebody wants one."""
    return Workshop(Children(DOWNLOAD_LIMITS), Scratch(scratch_folder(work, state)))


def transfers_of(store: Store, state: StateSettings, loaded: Mapping[Any, Any]) -> Transfers:
    """What moving bytes takes; no child process is started before there is a file to look at."""
    folder = Folder(state.data_dir.resolve() / "artifacts", state.max_artifact_bytes)
    api, quotas = loaded[ApiSettings], loaded[QuotaSettings]
    intake = Intake(
        store,
        folder,
        Children(CHILD_LIMITS),
        min(api.max_upload_bytes, state.max_artifact_bytes),
        quotas.max_waiting_bytes_per_principal,
        quotas.max_storage_per_workspace,
    )
    return Transfers(intake, Grants(store, api))
