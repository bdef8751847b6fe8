"""`headwater serve`, `migrate` and `up`: the service and its parts."""

import asyncio
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from uvicorn.supervisors import ChangeReload

from db import migrate as migrations
from db.settings import StateSettings
from graph import up as supervision
from graph.settings import ApiSettings, load_all
from jobs.errors import Rejected
from jobs.logs import Environment, LogSettings

CHECK_DATABASE = "Check HEADWATER_DATABASE_URL, and that the database runs."
ROOT, ROOMS = Path(__file__).parents[2], ("graph", "jobs", "db")
DRAIN_SECONDS = 3  # how long requests that are being answered may take when the API is told to end


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the API is to listen: what is None, settings decide; `fd` is a socket that we were given."""

    host: str | None = None
    port: int | None = None
    fd: int | None = None

    def open(self, api: ApiSettings) -> socket.socket:
        if self.fd is not None:
            return socket.socket(fileno=self.fd)
        host = api.host if self.host is None else self.host
        return supervision.listen(host, api.port if self.port is None else self.port)


class NotInProduction(Rejected):
    """Reloading is for development."""


def serve(at: Listening, *, reload: bool) -> None:
    """Run one API in this process until it is told to end.

    Raises:
        BadSettings, NotInProduction, NotStarted: It cannot be run so.
    """
    loaded = load_all()
    if reload and loaded[LogSettings].environment is not Environment.DEVELOPMENT:
        raise NotInProduction(hint="Leave --reload out, or set HEADWATER_ENVIRONMENT=development.")
    listener = at.open(loaded[ApiSettings])
    if at.fd is None:
        supervision.say(f"the API is at {supervision.address_of(listener)}/graphql")
    config = uvicorn.Config(
        "graph.app:create_app",
        factory=True,
        ws="websockets-sansio",
        ws_max_size=loaded[ApiSettings].max_message_bytes,
        # Packing costs each subscriber 110 KiB, and a small message that unpacks into a large one is an attack.
        ws_per_message_deflate=False,
        access_log=False,
        log_config=None,  # create_app sets up logs
        log_level="warning",  # what uvicorn says of a start and an end, the application says too
        timeout_graceful_shutdown=DRAIN_SECONDS,
        reload=reload,
        reload_dirs=[str(ROOT / room) for room in ROOMS] if reload else None,
        server_header=False,
        proxy_headers=False,  # addresses stay those of connections: graph.auth trusts some of them
    )
    server = uvicorn.Server(config)
    if reload:
        ChangeReload(config, target=server.run, sockets=[listener]).run()
    else:
        server.run(sockets=[listener])


def up(host: str | None, port: int | None, environ: Mapping[str, str] = os.environ) -> None:
    """Run the whole service until it is told to end."""
    plan, folder = supervision.planned(environ, host, port)

    def ready() -> None:
        sys.stdout.write(f"Headwater is at {plan.address}/graphql, its data in {folder}. Ctrl-C ends it.\n")
        sys.stdout.flush()

    with plan.listener:
        asyncio.run(supervision.up(plan, folder, ready))


def migrate(to: str) -> str:
    """Migrate the database, and say what it was and is.

    Raises:
        NotStarted: It could not be migrated.
    """
    url = load_all()[StateSettings].url
    try:
        before = migrations.current_version(url)
        migrations.upgrade(url, to)
        after = migrations.current_version(url)
    except migrations.NotMigrated as error:
        raise supervision.NotStarted(str(error), hint=CHECK_DATABASE) from error
    if before == after:
        return f"The database is at {after or 'nothing'} already."
    return f"The database is at {after} now; it was at {before or 'nothing'}."
