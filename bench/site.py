"""A whole service for measuring: Valkey, one API, one worker, as an operator would run them."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bench.transplant import transplant
from db import migrate
from jobs.child import dying_with_me
from jobs.valkey import EmbeddedValkey
from tests.servers import Postgres, start_postgres

LOOK_SECONDS = 0.005
START_SECONDS = 30.0
DATABASE, NAME = "headwater.db", "bench"
PACKAGES = '["jobs.pipelines", "tests.pipelines"]'  # `echo` and `chores` are the trivial runs
WORKER = (sys.executable, "-c", "from jobs.worker import main; main()")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Site:
    """The processes of a service over a data folder of its own."""

    folder: Path
    valkey: EmbeddedValkey
    port: int
    postgres: Postgres | None = None  # in which the state is; the SQLite file then is what it was made of
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        elsewhere = {} if self.postgres is None else {"HEADWATER_DATABASE_URL": self.postgres.url(NAME)}
        return (
            os.environ
            | elsewhere
            | {
                "HEADWATER_DATA_DIR": str(self.folder),
                "HEADWATER_PIPELINE_PACKAGES": PACKAGES,
                "HEADWATER_ENVIRONMENT": "production",
                "HEADWATER_ANONYMOUS": "operator",
                "HEADWATER_LOG_LEVEL": "ERROR",
            }
        )

    def rows(self, query: str) -> list[Any]:
        """Rows read beside the service: watching must not cost what is measured."""
        with contextlib.closing(sqlite3.connect(self.folder / DATABASE)) as database:
            return database.execute(query).fetchall()

    async def settled(self, count: int, condition: str = "") -> None:
        """Return once so many runs have ended."""
        query = f"SELECT count(*) FROM runs WHERE finished_at IS NOT NULL {condition}"
        while self.rows(query)[0][0] < count:  # noqa: ASYNC110 - another process does what is waited for
            await asyncio.sleep(LOOK_SECONDS)

    def start(self, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(dying_with_me(list(command)), env=self.environment)
        self.processes.append(process)
        return process

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self.start(WORKER)

    def start_api(self) -> subprocess.Popen[bytes]:
        arguments = ("--factory", "graph.app:create_app", "--port", str(self.port), "--log-level", "error")
        process = self.start((sys.executable, "-m", "uvicorn", *arguments, "--ws", "websockets-sansio"))
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.url}/health/ready").status_code == httpx.codes.OK:
                    return process
            time.sleep(0.05)
        raise TimeoutError("the API did not become ready")

    def stop(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
        self.valkey.stop()
        if self.postgres is not None:
            self.postgres.stop()


@contextlib.contextmanager
def open_site(
    fill: Callable[[Path], object] | None = None, *, workers: int = 1, on_postgres: bool = False
) -> Iterator[Site]:
    """A service over a new data folder; its database is filled, if it is to be, before anything starts."""
    folder = Path(tempfile.mkdtemp(prefix="hwb-"))
    site = Site(folder, EmbeddedValkey(folder / "valkey"), free_port())
    migrate.upgrade(f"sqlite:///{folder / DATABASE}")
    if fill is not None:
        fill(folder / DATABASE)
    if on_postgres:
        site.postgres = start_postgres(folder)
        site.postgres.create_database(NAME)
        migrate.upgrade(site.postgres.url(NAME))
        transplant(folder / DATABASE, site.postgres.url(NAME))
    site.valkey.start()
    try:
        site.start_api()
        for _ in range(workers):
            site.start_worker()
        yield site
    finally:
        site.stop()
        shutil.rmtree(folder, ignore_errors=True)


SUBMIT = """
mutation Submit($run: RunInput!, $options: RunOptions) {
  submitRun(run: $run, options: $options) { __typename ... on Run { runId } ... on Refusal { message } }
}
"""


async def submit(client: httpx.AsyncClient, kind: str, params: dict[str, Any], **options: Any) -> str:
    """Submit a run and return its id."""
    variables = {"run": {kind: params}, "options": options}
    response = await client.post("/graphql", json={"query": SUBMIT, "variables": variables})
    payload = response.json()["data"]["submitRun"]
    if payload["__typename"] != "Run":
        raise RuntimeError(payload["message"])
    return str(payload["runId"])
