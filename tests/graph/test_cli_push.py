"""`headwater push` against a real service: folders become runs, whatever happens to answers on the way."""

import http.server
import json
import os
import subprocess
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from graph.cli.parcels import pack, packed
from graph.cli.pushing import Push, push, refusal
from graph.cli.runs import Target
from graph.cli.texts import BadPath, find_files
from graph.client import RefusedRemotely, Unreachable
from tests.catalogs import CATALOG, write
from tests.dbt import RAW, catalog, files, manifest, model, source
from tests.graph.shell import COMMAND, GAP, SQL, Said, environment, headwater
from tests.jobs.engines.files.packs import written, zipped
from tests.jobs.engines.lineage.test_imported import node

pytestmark = pytest.mark.xdist_group("cli")

NOBODY = "http://127.0.0.1:9"
RUNS = "query Runs($label: String!) { runs(filter: {label: $label}) { edges { node { runId status } } } }"


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    """A folder with a table and a view, and what is none of its business."""
    folder = tmp_path / "rivers"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "river.sql").write_text(SQL)
    (folder / "readme.md").write_text("no SQL")
    return folder


def pushed(path: Path, url: str, *more: str, dialect: str = "duckdb") -> Said:
    """Push as a source of its own."""
    return headwater("push", str(path), "--url", url, "--source", uuid.uuid4().hex, "--dialect", dialect, *more)


def runs_with(label: str, url: str) -> list[dict[str, Any]]:
    """The runs with a label."""
    asked = httpx.post(f"{url}/graphql", json={"query": RUNS, "variables": {"label": label}}, trust_env=False)
    answer = asked.json()
    assert "errors" not in answer, answer
    return [edge["node"] for edge in answer["data"]["runs"]["edges"]]


def test_a_folder(url: str, sql: Path) -> None:
    """A folder is sent, run and watched; the outcome and what was sent are told."""
    said = pushed(sql, url)

    assert 0 == said.status, said.err
    assert f"Sending 1 SQL file of {sql}: " in said.err
    assert "COMPLETED" in said.out
    assert "1 text, 2 statements: 2 explained, nothing not" in said.out


def test_as_a_process_of_its_own(url: str, sql: Path) -> None:
    """The command works where nothing but itself was imported before, as CI jobs run it."""
    words = ("push", str(sql), "--url", url, "--source", uuid.uuid4().hex, "--dialect", "duckdb")
    said = subprocess.run([*COMMAND, *words], capture_output=True, check=False, env=environment(), text=True)

    assert 0 == said.returncode, said.stderr
    assert "1 text, 2 statements: 2 explained, nothing not" in said.stdout


def test_as_json(url: str, sql: Path) -> None:
    """With JSON the run, its result, gaps and warnings are one document, and nothing else is said."""
    (sql / "old.sql").write_bytes("-- ä\nCREATE TABLE river.old (id INT);".encode("cp1252"))

    said = pushed(sql, url, "--format", "json", "--label", "nightly")

    assert (0, ["nightly"]) == (said.status, said.told["run"]["labels"])
    assert (2, 0) == (said.told["result"]["textCount"], said.told["result"]["unresolvedCount"])
    (warning,) = said.told["result"]["warnings"]
    assert "Read as windows-1252, a guess: old.sql" in warning
    assert "Sending" not in said.err


def test_batches_of_sql_server(url: str, tmp_path: Path) -> None:
    """Scripts in UTF-16 with `GO` between batches are understood, as T-SQL if nothing else is said."""
    script = "CREATE TABLE Orders (id int)\r\nGO\r\nCREATE VIEW v AS SELECT id FROM Orders\r\nGO\r\n"
    (tmp_path / "a.sql").write_bytes(script.encode("utf-16"))

    said = headwater(
        "push", str(tmp_path), "--url", url, "--source", uuid.uuid4().hex, "--default-schema", "dbo", "--strict"
    )

    assert 0 == said.status, said.err
    assert "2 explained, nothing not" in said.out


def test_gaps(url: str, sql: Path) -> None:
    """What could not be explained is listed; with --strict the exit status tells it."""
    (sql / "gap.sql").write_text(GAP)

    assert [0, 3] == [pushed(sql, url, *more).status for more in ((), ("--strict",))]


def test_without_watching(url: str, sql: Path) -> None:
    """Without watching the run's id is all that is printed."""
    said = pushed(sql, url, "--no-watch")

    assert 0 == said.status, said.err
    assert said.out.startswith("Submitted: ")
    assert "watch it:" in said.err


def test_parquet_files(url: str, tmp_path: Path) -> None:
    """A folder of Parquet files is one catalog."""
    for name, query in CATALOG.items():
        write(tmp_path, f"{name}.parquet", query)

    said = pushed(tmp_path, url, dialect="tsql")

    assert 0 == said.status, (said.out, said.err)
    assert "Sending 3 Parquet files" in said.err


@pytest.mark.parametrize("folder", ["", "target"])
def test_a_dbt_project(url: str, tmp_path: Path, folder: str) -> None:
    """The manifest and the catalog of a project are sent, from its own folder or from its target folder."""
    (tmp_path / "dbt_project.yml").write_text("name: shop")
    (tmp_path / "models.sql").write_text("select {{ not_sql }}")
    (tmp_path / folder).mkdir(exist_ok=True)
    columns = {"source__shop__raw__orders": {"id": "INTEGER"}}
    told = manifest(source(), model("m", 'select id from "shop"."raw"."orders"', needs=(RAW,)))
    files(tmp_path / folder, told, catalog(**columns))
    said = pushed(tmp_path, url)

    assert 0 == said.status, said.err
    assert f"Sending the dbt project in {tmp_path}: " in said.err
    assert "1 text, 1 statement: 1 explained, nothing not" in said.out


def test_a_dbt_project_that_was_not_compiled(tmp_path: Path) -> None:
    """A project without its manifest is refused with the command that makes it."""
    (tmp_path / "dbt_project.yml").write_text("name: shop")
    with pytest.raises(BadPath, match=r"without target/manifest\.json") as refused, packed(tmp_path):
        pass
    assert "Run `dbt compile`" in refused.value.hint


def test_a_file_as_it_is(url: str, tmp_path: Path) -> None:
    """An archive, a script and an export are sent as they are."""
    archive = written(tmp_path, zipped({"a.sql": SQL.encode()}), "a.zip")
    script = written(tmp_path, SQL.encode(), "b.sql")
    export = written(tmp_path, json.dumps([node("a"), node("b", inputs=["a"])]).encode(), "c.json")

    for path in (archive, script, export):
        said = pushed(path, url)
        assert 0 == said.status, (said.out, said.err)
        assert f"Sending {path.name}: " in said.err


def test_a_bad_archive(url: str, tmp_path: Path) -> None:
    """An archive that is refused ends the run, and each problem is told with the first entries."""
    said = pushed(written(tmp_path, zipped({"../a.sql": b"x", "../b.sql": b"x"}), "a.zip"), url)

    assert 1 == said.status
    assert "a.zip  ESCAPING_NAME" in said.out
    assert "../a.sql" in said.out
    assert "is listed" not in said.out


def test_a_file_that_is_not_what_it_says(url: str, tmp_path: Path) -> None:
    """What the service does not take is refused with its words, and exit status 2."""
    said = pushed(written(tmp_path, b"no archive", "a.zip"), url)

    assert 2 == said.status
    assert "a.zip is named .zip and is no zip archive" in said.err
    assert 1 == len([line for line in said.err.splitlines() if line.startswith("headwater:")])


def test_an_unknown_dialect(url: str, sql: Path) -> None:
    """An unknown dialect is refused, naming those that there are."""
    said = pushed(sql, url, dialect="klingon")

    assert 2 == said.status
    assert "There is no dialect 'klingon'. There are: ansi, bigquery," in said.err


def test_shrinking(url: str, sql: Path) -> None:
    """A source does not lose nearly everything by accident, and does if that is allowed."""
    source = ("--source", uuid.uuid4().hex, "--dialect", "duckdb", "--url", url)
    (sql / "many.sql").write_text("".join(f"CREATE TABLE t{n} (id INT);\n" for n in range(40)))
    assert 0 == headwater("push", str(sql), *source).status
    (sql / "many.sql").unlink()

    refused, allowed = (
        headwater("push", str(sql), *source),
        headwater("push", str(sql), *source, "--allow-shrink"),
    )

    assert (1, 0) == (refused.status, allowed.status)
    assert "allowShrink" in refused.out


@pytest.mark.parametrize("name", ["missing", "read.me", "empty", "pipe"])
def test_nothing_to_send(tmp_path: Path, name: str) -> None:
    """What cannot be sent is refused by name, before any service is asked."""
    (tmp_path / "read.me").touch()
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")

    said = pushed(tmp_path / name, NOBODY)

    assert 2 == said.status
    assert name in said.err
    assert 1 == len(said.err.splitlines())


def test_an_empty_folder(tmp_path: Path) -> None:
    """A folder without anything to send is refused, naming both kinds of files that would be sent."""
    said = pushed(tmp_path, NOBODY)

    assert (2, True) == (said.status, "no .sql and no .parquet file in" in said.err)


def test_no_service(sql: Path) -> None:
    """Where no service answers, the exit status is 4 at once."""
    said = pushed(sql, NOBODY)

    assert 4 == said.status
    assert f"No Headwater answers at {NOBODY}." in said.err


def test_the_same_files_give_the_same_archive(tmp_path: Path) -> None:
    """Neither times nor the place of a folder nor the order of its files changes a byte."""
    archives = []
    for place, names in enumerate((("a.sql", "b/c.sql"), ("b/c.sql", "a.sql"))):
        folder = tmp_path / str(place) / "same"
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(name)
            os.utime(folder / name, (place * 10_000_000, place * 10_000_000))
        with packed(folder) as parcels:
            archives.append((parcels.digest, parcels.files[0].path.read_bytes()))
        assert not parcels.files[0].path.exists()

    assert archives[0] == archives[1]


def test_names_of_folders(tmp_path: Path) -> None:
    """A folder's archive is called like it, as far as that can be shown."""
    for name, expected in (("warehouse", "warehouse.zip"), ("a\nb", "ab.zip"), ("\n", "sql.zip")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.sql").write_text(SQL)
        with packed(tmp_path / name) as parcels:
            assert [expected] == [file.name for file in parcels.files]


def test_sql_comes_before_parquet(sql: Path) -> None:
    """Where a folder holds both, its SQL is what is meant."""
    (sql / "data.parquet").touch()

    with packed(sql) as parcels:
        assert ["rivers.zip"] == [file.name for file in parcels.files]


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_what_is_closed(tmp_path: Path) -> None:
    """Folders and files that may not be read are refused by name."""
    (tmp_path / "a.zip").touch(mode=0)
    (tmp_path / "closed").mkdir(mode=0)
    for name in ("a.zip", "closed"):
        with pytest.raises(BadPath, match=f"{name} cannot be read"), packed(tmp_path / name):
            pass
    (tmp_path / "closed").chmod(0o700)


def test_unreadable_files_are_no_archive(tmp_path: Path) -> None:
    """A file that vanishes while it is packed is refused by name."""
    (tmp_path / "a.sql").write_text(SQL)
    found = find_files([tmp_path])
    (tmp_path / "a.sql").unlink()

    with pytest.raises(BadPath, match=r"a\.sql cannot be read"):
        pack(found, tmp_path / "x.zip")


class Lossy(http.server.BaseHTTPRequestHandler):
    """Passes requests on, and loses the first answer to each kind of request that it is told to."""

    protocol_version = "HTTP/1.1"
    behind = ""
    losing: set[str] = set()  # noqa: RUF012 - one for each server, set by `lossy`

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        place = urlsplit(self.behind)
        connection = HTTPConnection(place.hostname or "", place.port, timeout=60)
        connection.request(self.command, self.path, body, dict(self.headers.items()))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        kind = next((word for word in self.losing if word.encode() in body or word == self.command), None)
        if kind:
            self.losing.discard(kind)
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_POST(self) -> None:
        self.pass_on()

    def do_PUT(self) -> None:
        self.pass_on()

    def log_message(self, *_words: object) -> None:
        pass


@contextmanager
def lossy(behind: str, *losing: str) -> Iterator[str]:
    """A proxy before a service that loses the first answers to these requests; its address."""
    handler = type("Handler", (Lossy,), {"behind": behind, "losing": set(losing)})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
        assert not handler.losing  # type: ignore[attr-defined]  # made above


def test_lost_answers(url: str, sql: Path) -> None:
    """When the answers to the upload and to the submission are lost, both are tried again: that is one run."""
    label = uuid.uuid4().hex
    with lossy(url, "PUT", "submitRun") as proxy:
        said = pushed(sql, proxy, "--no-watch", "--label", label)

    assert 0 == said.status, said.err
    assert 2 == said.err.count("Trying again.")
    assert [said.out.split()[-1]] == [run["runId"] for run in runs_with(label, url)]


def test_two_pushes_are_two_runs(url: str, sql: Path) -> None:
    """Pushing the same folder again is another run, even though its files are the same."""
    label = uuid.uuid4().hex
    for _ in range(2):
        assert 0 == pushed(sql, url, "--label", label).status

    assert 2 == len(runs_with(label, url))


def test_a_service_that_goes_away(url: str, sql: Path) -> None:
    """Patience ends: a service that stays away after the announcement is told as such."""
    order = Push(sql, {"dialect": "DUCKDB"}, {"workspace": "main"}, patience_seconds=0.3)
    forgetful = {"PUT": True}

    class Closed(Lossy):
        behind = url

        def do_PUT(self) -> None:
            forgetful["PUT"] = False
            self.close_connection = True

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Closed) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(Unreachable, match=r"rivers\.zip could not be sent"):
            push(order, Target(f"http://127.0.0.1:{server.server_port}"))
        server.shutdown()
    assert not forgetful["PUT"]


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [(413, b"<html>", RefusedRemotely), (502, b"<html>", Unreachable), (404, b'{"a": 1}', RefusedRemotely)],
)
def test_answers_of_proxies(sql: Path, status: int, content: bytes, kind: type[Exception]) -> None:
    """What a proxy says instead of the service is told by its status; only what may pass is tried again."""
    with packed(sql) as parcels:
        error = refusal(httpx.Response(status, content=content), parcels.files[0])

    assert isinstance(error, kind)
    assert f"rivers.zip was answered with HTTP status {status}" in str(error)
