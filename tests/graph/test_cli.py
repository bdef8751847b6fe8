"""The command line at rest: settings, schema, migrations, and what it says when it is held wrongly."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from graphql import build_schema

from db.migrate import newest_version
from graph.cli.exits import Status, complain, status_of_error
from graph.client import RefusedRemotely
from jobs.errors import RunFailed
from tests.graph.shell import COMMAND, environment, headwater


def test_help_names_every_command() -> None:
    """`--help` names every command of the service and of its clients."""
    said = headwater("--help")

    assert 0 == said.status
    commands = {
        "demo",
        "up",
        "serve",
        "worker",
        "migrate",
        "schema",
        "settings",
        "push",
        "lineage",
        "run",
        "watch",
        "stop",
    }
    assert commands <= {line.split()[0] for line in said.out.splitlines() if line.strip()}


def test_no_module_is_called_like_a_command() -> None:
    """No module of the command line has a name of the package itself: imports would find that instead."""
    own = "getattr(graph.cli, each.name, pkgutil)"  # once it is imported, a module is an attribute itself
    named = f"[each.name for each in pkgutil.iter_modules(graph.cli.__path__) if not inspect.ismodule({own})]"
    script = f"import graph.cli, inspect, pkgutil; print({named})"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=60)
    assert b"[]" == said.stdout.strip()


def test_version() -> None:
    """`--version` says which version it is."""
    assert "Headwater 0." in headwater("--version").out


def test_help_is_quick() -> None:
    """Asking for help imports neither the database nor GraphQL."""
    heavy = ["sqlalchemy", "strawberry", "gql", "httpx", "sqlglot", "rich"]
    script = f"import sys, graph.cli; sys.exit(any(name in sys.modules for name in {heavy!r}))"
    assert 0 == subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode


@pytest.mark.parametrize(
    "command", ["auditing", "exporting", "pushing", "querying", "runs", "trees", "watching"]
)
def test_clients_load_no_server(command: str) -> None:
    """A command that only asks a service loads no database, queue, engine or API of its own."""
    heavy = ["arq", "duckdb", "redis", "sqlalchemy", "sqlglot", "strawberry"]
    script = f"import sys, graph.cli.{command}; print([name for name in {heavy!r} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=60)
    assert b"[]" == said.stdout.strip()


def test_schema_is_printed() -> None:
    """`schema` prints the API as SDL that can be built again."""
    said = headwater("schema")

    assert 0 == said.status
    mutation = build_schema(said.out).mutation_type
    assert mutation is not None
    assert "submitRun" in mutation.fields


def test_settings_are_told_with_their_values(tmp_path: Path) -> None:
    """`settings` shows each variable with its present value and meaning."""
    said = headwater("settings", port="8123", data_dir=str(tmp_path), graphiql="no")

    assert 0 == said.status
    lines = {words[0]: words[1] for words in map(str.split, said.out.splitlines()) if len(words) > 1}
    assert "8123" == lines["HEADWATER_PORT"]
    assert "false" == lines["HEADWATER_GRAPHIQL"]
    assert "(unset)" == lines["HEADWATER_REDIS_URL"]
    assert "jobs.pipelines" == lines["HEADWATER_PIPELINE_PACKAGES"]
    assert "development" == lines["HEADWATER_ENVIRONMENT"]
    assert "HEADWATER_LINEAGE_CHUNK_CHARACTERS" in lines
    assert "http://127.0.0.1:8000" == lines["HEADWATER_URL"]


def test_secrets_are_masked() -> None:
    """No secret's words are in what `settings` prints."""
    secrets = {"api_token": "swordfish", "database_url": "sqlite:////tmp/swordfish.db"}
    said = headwater("settings", **secrets)

    assert 0 == said.status
    assert "swordfish" not in said.out
    assert 2 == said.out.count("********")


def test_mistakes_are_listed_at_once() -> None:
    """`settings` exits with 2 and names every mistake, known variable or not, at once."""
    said = headwater("settings", port="many", slots="0", databse_url="x")

    assert 2 == said.status
    for words in (
        "HEADWATER_PORT: ",
        "HEADWATER_SLOTS: ",
        "HEADWATER_DATABSE_URL: no such setting; did you mean",
    ):
        assert words in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "up"])
def test_no_part_starts_with_mistakes(command: str) -> None:
    """Every part of the service refuses to start while settings are wrong."""
    said = headwater(command, slots="none", nonsense="1")

    assert 2 == said.status
    assert "HEADWATER_SLOTS" in said.err
    assert "HEADWATER_NONSENSE" in said.err


def test_migrate_twice(tmp_path: Path) -> None:
    """The first `migrate` makes the tables, the second finds nothing to do."""
    first = headwater("migrate", data_dir=str(tmp_path))
    second = headwater("migrate", data_dir=str(tmp_path))

    assert (0, f"The database is at {newest_version()} now; it was at nothing.\n") == (first.status, first.out)
    assert (0, f"The database is at {newest_version()} already.\n") == (second.status, second.out)
    with sqlite3.connect(tmp_path / "headwater.db") as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()
    connection.close()
    assert ("runs",) in tables


def test_migrate_to_nowhere(tmp_path: Path) -> None:
    """A version that does not exist is told in one line."""
    said = headwater("migrate", "--to", "nowhere", data_dir=str(tmp_path))

    assert 1 == said.status
    assert 1 == len(said.err.splitlines())
    assert "nowhere" in said.err


def test_migrate_without_a_database() -> None:
    """A database that does not answer is told in one line, without its password."""
    said = headwater("migrate", database_url="postgresql+psycopg://me:swordfish@127.0.0.1:1/x")

    assert 1 == said.status
    assert 1 == len(said.err.splitlines())
    assert "HEADWATER_DATABASE_URL" in said.err
    assert "swordfish" not in said.err


def test_reloading_is_for_development() -> None:
    """`serve --reload` is refused in production."""
    said = headwater("serve", "--reload", environment="production")

    assert 2 == said.status
    assert "--reload" in said.err


def test_a_word_it_does_not_know() -> None:
    """An unknown command or option exits with 2 and one line that names it."""
    assert (2, True) == ((said := headwater("sreve")).status, "sreve" in said.err)
    assert (2, True) == ((said := headwater("serve", "--prot", "1")).status, "--prot" in said.err)


def test_a_closed_pipe_is_no_accident() -> None:
    """`headwater schema | head -1` ends without a traceback."""
    line = f"{' '.join(COMMAND)} schema | head -1"
    done = subprocess.run(
        ["/bin/sh", "-c", line], env=environment(), capture_output=True, text=True, check=False, timeout=60
    )

    assert 0 == done.returncode
    assert "" == done.stderr


def test_errors_end_as_they_should(capsys: pytest.CaptureFixture[str]) -> None:
    """A refusal exits with 2; a fault of the service or of a run, with 1."""
    assert Status.REFUSED == status_of_error(RefusedRemotely({"message": "no", "code": "BAD_INPUT"}))
    internal = {"message": "Internal error.", "extensions": {"code": "INTERNAL", "hint": "See the log."}}
    assert Status.FAILED == status_of_error(RefusedRemotely(internal))
    assert Status.FAILED == status_of_error(RunFailed())
    complain("words")
    assert "headwater: words\n" == capsys.readouterr().err


def test_help_loads_little() -> None:
    """Help answers without loading the database, the API or the parser."""
    script = (
        "import sys; from graph.cli import main; sys.argv = ['headwater', '--help']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'sqlalchemy', 'strawberry', 'sqlglot'} & set(sys.modules)\n"
        "print(sorted(heavy), file=sys.stderr)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(),
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "[]" == told.stderr.strip()
