"""A ClickHouse server, by the driver of its makers."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jobs.engines.sql.clickhouse.engine import ClickHouse, ClickHouseError, Opening, Rows, percent_done
from jobs.engines.sql.clickhouse.run import execute
from jobs.engines.sql.errors import EngineUnavailable
from jobs.engines.sql.present import driver, present_engines
from jobs.engines.sql.values import Engine, Outcome, Query
from jobs.engines.sql.watch import tell_progress

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

CONNECT_SECONDS = 10
PIECE_BYTES = 1 << 20
GRACE_SECONDS = 10  # for the server to say by itself that the time is over


@dataclass(frozen=True, slots=True)
class Server:
    """Where a ClickHouse is, and as whom to ask it: somebody who may read what users may, and nothing else."""

    host: str
    port: int = 8123
    user: str = "default"
    password: str = ""
    database: str = "default"
    secure: bool = False

    def __repr__(self) -> str:
        """Without the password: values are shown in tracebacks."""
        return f"Server({self.user}@{self.host}:{self.port}/{self.database})"


def run_query(
    query: Query, server: Server, progress_file: Path | None = None, query_id: str | None = None
) -> Outcome:
    """Execute one statement that reads; to be called in a child process. `query.tables` play no part.

    `query_id` is the name by which `kill_query` finds it.

    Raises:
        StatementFailed: What went wrong, and where.
        EngineUnavailable: The server does not answer, or its driver is not installed.
    """
    report = tell_progress(progress_file) if progress_file else None
    return execute(query, opener(server), report=report, query_id=query_id)


def kill_query(server: Server, query_id: str) -> None:
    """Have a server give up a statement that nobody waits for any more, if it is there and answers."""
    with suppress(EngineUnavailable, ClickHouseError):
        client = _client(server, CONNECT_SECONDS)
        try:
            _kill(client, query_id)
        finally:
            client.close()


def opener(server: Server) -> Callable[[Opening], ClickHouse]:
    """What opens this server for a statement."""

    def open_server(opening: Opening) -> ClickHouse:
        return _OpenServer(server, opening)

    return open_server


class _OpenServer:
    """Two clients: one waits for the statement, and the other one can kill it meanwhile."""

    def __init__(self, server: Server, opening: Opening) -> None:
        self.opening = opening
        self.client = _client(server, float(opening.settings["max_execution_time"]))
        self.killer = _client(server, CONNECT_SECONDS)

    def ask(self, sql: str, params: Mapping[str, object]) -> Rows:
        with _telling():
            settings = {**self.opening.settings}
            answer = self.client.query(sql, parameters=dict(params), settings=settings)
            return [list(row) for row in answer.result_rows]

    def write_parquet(self, sql: str, params: Mapping[str, object], to: Path) -> None:
        settings = {**self.opening.settings, "query_id": self.opening.query_id}
        with _telling(), to.open("wb") as file:
            stream: Any = self.client.raw_stream(sql, parameters=dict(params), settings=settings, fmt="Parquet")
            while piece := stream.read(PIECE_BYTES):
                file.write(piece)
        # An error in the midst of an answer stands in the answer.
        with to.open("rb") as file:
            file.seek(-4, 2)
            if file.read() != b"PAR1":
                raise ClickHouseError(_tail(to))

    def interrupt(self) -> None:
        with suppress(ClickHouseError):  # the next look tries again
            _kill(self.killer, self.opening.query_id)

    def query_progress(self) -> float:
        rows: Rows = []
        with suppress(ClickHouseError), _telling():
            answer = self.killer.query(
                "SELECT read_rows, total_rows_approx FROM system.processes WHERE query_id = {id:String}",
                parameters={"id": self.opening.query_id},
            )
            rows = [list(row) for row in answer.result_rows]
        return percent_done(rows)

    def close(self) -> None:
        self.client.close()
        self.killer.close()


def _kill(client: "Client", query_id: str) -> None:
    with _telling():
        client.command("KILL QUERY WHERE query_id = {id:String} ASYNC", parameters={"id": query_id})


def _client(server: Server, seconds: float) -> "Client":
    connect = driver("clickhouse_connect", Engine.CLICKHOUSE)
    errors = driver("clickhouse_connect.driver.exceptions", Engine.CLICKHOUSE)
    options: dict[str, Any] = {
        "autogenerate_session_id": False,
        "compress": False,
        "connect_timeout": CONNECT_SECONDS,
        "send_receive_timeout": seconds + GRACE_SECONDS,
    }
    try:
        client: Client = connect.get_client(
            host=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            database=server.database,
            secure=server.secure,
            **options,
        )
    except errors.Error as error:
        raise EngineUnavailable(
            Engine.CLICKHOUSE,
            present_engines(server=False),
            hint="The server does not answer, or knows no such user.",
        ) from error
    return client


@contextmanager
def _telling() -> Iterator[None]:
    errors = driver("clickhouse_connect.driver.exceptions", Engine.CLICKHOUSE)
    try:
        yield
    except errors.Error as error:
        raise ClickHouseError(str(error)) from error


def _tail(file: Path, size: int = 4_096) -> str:
    with file.open("rb") as content:
        content.seek(max(0, file.stat().st_size - size))
        text = content.read().decode(errors="replace")
    return text[text.find("Code: ") :] if "Code: " in text else "the answer ended early"
