"""ClickHouse's HTTP interface over the engine in this process: what its driver needs to speak with a real one.

One connection a request, with the settings of its address. Inside a process the engine names statements
itself, so a `query_id` is kept as the comment of its statement, and looked for there. Everything that is
answered, refused or killed is so by the engine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

import chdb

ASIDE = {"database", "default_format", "query", "query_id", "session_id", "wait_end_of_query"}
COMMENT = "Settings['log_comment']"
PASSWORD = "only for tests"  # noqa: S105  # of a server that ends with the test


class Front(ThreadingHTTPServer):
    """A server of one folder of data."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.folder = folder


class Answering(BaseHTTPRequestHandler):
    """One request: a statement in the body or in the address, settings and parameters in the address."""

    protocol_version = "HTTP/1.1"
    server: Front

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:  # the name that the library calls
        self.answer("")

    def do_POST(self) -> None:  # the name that the library calls
        self.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())

    def answer(self, body: str) -> None:
        asked = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        if not self.headers.get("Authorization", "").startswith("Basic "):
            self.reply(401, b"Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)")
            return
        sql = "\n".join(filter(None, (asked.get("query"), body))).replace("query_id = ", f"{COMMENT} = ")
        connection = chdb.connect(str(self.server.folder))
        try:
            for setting in settings_of(asked):
                connection.query(setting)
            # What the driver sends is escaped as tab-separated values already.
            params = {
                key.removeprefix("param_"): text for key, text in asked.items() if key.startswith("param_")
            }
            answer = connection.query(sql, asked.get("default_format", "TabSeparated"), params=params)
            self.reply(200, bytes(answer.bytes() or b""))
        except (chdb.ChdbError, RuntimeError) as error:  # what chdb raises is not the class that it shows
            self.reply(500, str(error).encode())
        finally:
            connection.close()

    def reply(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-ClickHouse-Timezone", "UTC")
        if status != 200:
            self.send_header("X-ClickHouse-Exception-Code", "1")
        self.end_headers()
        self.wfile.write(content)


def settings_of(asked: dict[str, str]) -> Iterator[str]:
    """The statements that make settings of an address; `readonly` last, as a server has it."""
    settings = {key: text for key, text in asked.items() if key not in ASIDE and not key.startswith("param_")}
    if "query_id" in asked:
        settings["log_comment"] = asked["query_id"]
    for key in sorted(settings, key=lambda each: each == "readonly"):
        yield f"SET {key} = '{settings[key]}'"


@contextmanager
def open_front(folder: Path) -> Iterator[Front]:
    """A server that answers while the block lasts."""
    with Front(folder) as front:
        thread = Thread(target=front.serve_forever)
        thread.start()
        try:
            yield front
        finally:
            front.shutdown()
            thread.join()
