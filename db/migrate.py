"""Bring a database to the schema this version needs, and tell whether it is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel

from db import access, audit, inbox, lineage, models
from db.entries import OWN_INDEX
from db.session import engine_for_reads, engine_for_writes

_registered = (models, lineage, access, audit, inbox)  # imported for their tables

INSTALLED, CHECKED_OUT = Path(__file__).parent / "migrations", Path(__file__).parent.parent / "alembic"
SCRIPTS = INSTALLED if INSTALLED.is_dir() else CHECKED_OUT  # a wheel carries them inside this package


class NotMigrated(Exception):
    """The database could not be brought to a version; the message is one line without the address."""


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["url"] = url
    return config


@contextmanager
def _told() -> Iterator[None]:
    """Turn what goes wrong with a database, or with a version, into one line."""
    try:
        yield
    except (CommandError, SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
        raise NotMigrated(f"the database cannot be migrated: {reason}") from error


def upgrade(url: str, to: str = "head") -> None:
    """Apply all migrations that are missing; safe to call twice, and from two processes.

    Raises:
        NotMigrated: The database does not answer or refuses, or there is no such version.
    """
    with _told():
        command.upgrade(_config(url), to)


def downgrade(url: str, to: str = "base") -> None:
    """Undo migrations. What only the newer schema can hold is lost."""
    command.downgrade(_config(url), to)


def newest_version() -> str:
    """The version of the schema that this code needs."""
    return ScriptDirectory.from_config(_config("")).get_current_head() or ""


def current_version(url: str) -> str:
    """The version of the schema that a database has; empty before the first migration.

    Raises:
        NotMigrated: The database does not answer.
    """
    engine = engine_for_reads(url)
    try:
        with _told(), engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return ""
            return MigrationContext.configure(connection).get_current_revision() or ""
    finally:
        engine.dispose()


def _is_compared(name: str | None, kind: str, _parents: object) -> bool:
    """Whether models tell of a table or index: not of the databases' own indexes of words."""
    return kind not in {"table", "index"} or not (name or "").startswith(OWN_INDEX)


def drift(url: str) -> list[str]:
    """How a migrated database differs from the models: empty, or somebody forgot a migration."""
    engine = engine_for_writes(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"include_name": _is_compared})
            return [str(entry) for entry in compare_metadata(context, SQLModel.metadata)]
    finally:
        engine.dispose()
