"""Migrations make exactly what the models say, on both databases, however often and by however many at once."""

import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel

from db import migrate
from db.session import engine_for_writes, is_sqlite
from tests.servers import Postgres

BOOKKEEPING = "alembic_version"
MIGRATE = (
    "import sys; from db import migrate; print(flush=True); sys.stdin.readline(); migrate.upgrade(sys.argv[1])"
)
PG_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
"""
PG_INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
SQLITE_OBJECTS = "SELECT tbl_name, name, sql FROM sqlite_master WHERE sql IS NOT NULL"


@pytest.fixture
def new_postgres(postgres: Postgres) -> Iterator[list[str]]:
    """Two empty databases on PostgreSQL."""
    names = [f"empty_{uuid.uuid4().hex}" for _ in range(2)]
    for name in names:
        postgres.create_database(name)
    yield [postgres.url(name) for name in names]
    for name in names:
        postgres.drop_database(name)


@pytest.fixture
def new_sqlite(tmp_path: Path) -> list[str]:
    """Two SQLite files that are not there yet."""
    return [f"sqlite:///{tmp_path / name}" for name in ("one.db", "two.db")]


@pytest.fixture(params=["sqlite", "postgres"])
def new_databases(request: pytest.FixtureRequest) -> list[str]:
    """Two empty databases, once of each kind."""
    urls: list[str] = request.getfixturevalue(f"new_{request.param}")
    return urls


def test_models_are_what_migrations_make(new_databases: list[str]) -> None:
    """Migrating an empty database leaves nothing that Alembic's own comparison would change."""
    url = new_databases[0]
    assert not migrate.current_version(url)

    migrate.upgrade(url)

    assert [] == migrate.drift(url)
    assert migrate.newest_version() == migrate.current_version(url)


def test_checks_and_partial_indexes_too(new_databases: list[str]) -> None:
    """What Alembic does not compare is the same as well: check constraints, conditions of indexes, cascades."""
    migrated, modelled = new_databases
    migrate.upgrade(migrated)
    create_all(modelled)

    assert objects_of(modelled) == objects_of(migrated)


def test_upgrading_twice(new_databases: list[str]) -> None:
    """A second upgrade changes nothing."""
    url = new_databases[0]
    migrate.upgrade(url)
    once = objects_of(url)

    migrate.upgrade(url)

    assert once == objects_of(url)


def test_down_and_up_again(new_databases: list[str]) -> None:
    """A downgrade to the beginning leaves no table behind, and the way up is open again."""
    url = new_databases[0]
    migrate.upgrade(url)
    before = objects_of(url)

    migrate.downgrade(url)

    assert {BOOKKEEPING} == tables_of(url)
    assert not migrate.current_version(url)
    migrate.upgrade(url)
    assert before == objects_of(url)
    assert [] == migrate.drift(url)


def test_two_upgrades_at_once(new_databases: list[str]) -> None:
    """Two processes that migrate one database at the same moment take turns; both succeed."""
    url = new_databases[0]
    upgrades = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATE, url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for upgrade in upgrades:
        assert upgrade.stdout is not None
        upgrade.stdout.readline()  # imported and ready
    for upgrade in upgrades:
        assert upgrade.stdin is not None
        upgrade.stdin.write("\n")
        upgrade.stdin.flush()
    said = [upgrade.communicate(timeout=60)[1] for upgrade in upgrades]

    assert [0, 0] == [upgrade.returncode for upgrade in upgrades], said
    assert [] == migrate.drift(url)


def test_a_forgotten_migration_is_noticed(new_sqlite: list[str]) -> None:
    """A column or a check that only the database has is told by one of the two comparisons."""
    altered, modelled = new_sqlite
    migrate.upgrade(altered)
    create_all(modelled)
    run(altered, "ALTER TABLE sources ADD COLUMN forgotten INTEGER CHECK (forgotten > 0)")

    assert any("forgotten" in entry for entry in migrate.drift(altered))
    assert objects_of(modelled) != objects_of(altered)


def create_all(url: str) -> None:
    engine = engine_for_writes(url)
    SQLModel.metadata.create_all(
        engine, tables=[each for each in SQLModel.metadata.sorted_tables if is_ours(each.name)]
    )
    engine.dispose()


def is_ours(table: str) -> bool:
    """Tests may define tables of their own; the product's are those that migrations can know."""
    return not table.startswith("test_")


def run(url: str, statement: str) -> None:
    engine = engine_for_writes(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def tables_of(url: str) -> set[str]:
    engine = engine_for_writes(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


def objects_of(url: str) -> dict[tuple[str, str], list[str]]:
    """Every table, index and constraint of a database: (table, name) → what defines it, in no order."""
    queries = (SQLITE_OBJECTS,) if is_sqlite(url) else (PG_CONSTRAINTS, PG_INDEXES)
    engine = engine_for_writes(url)
    with engine.connect() as connection:
        found = {
            (table, name): parts(definition)
            for query in queries
            for table, name, definition in rows(connection, query)
            if table != BOOKKEEPING
        }
    engine.dispose()
    return found


def rows(connection: Connection, query: str) -> list[tuple[str, str, str]]:
    found = connection.execute(text(query))
    return [(str(table), str(name), str(definition)) for table, name, definition in found]


def parts(definition: str) -> list[str]:
    """A definition cut at its outer commas and brackets, sorted: the order of columns says nothing."""
    words, depth = [""], 0
    for character in " ".join(definition.replace('"', "").split()):
        depth -= character == ")"
        if character in ",()" and depth == (0 if character != "," else 1):
            words.append("")
        else:
            words[-1] += character
        depth += character == "("
    return sorted(re.sub(r"\s*([(),])\s*", r"\1", word).strip() for word in words)
