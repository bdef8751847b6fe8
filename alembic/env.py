"""How migrations run: one at a time, and never waiting long for a lock that live traffic holds."""

import os

import sqlmodel
from alembic import context
from sqlalchemy import Connection, text

import db.access
import db.audit
import db.emissions
import db.facets
import db.feeds
import db.inbox
import db.lineage
import db.models
import db.query_cache
import db.saved_queries
import db.warehouse
import db.watches
from db.session import engine_for_writes

LOCK_TIMEOUT = "5s"  # a migration that cannot get its lock gives up instead of queueing everybody behind it
MIGRATION_LOCK = 0x4857_4D49  # PostgreSQL advisory lock: two migrating processes take turns

_tables = (
    db.models,
    db.lineage,
    db.access,
    db.audit,
    db.inbox,
    db.emissions,
    db.facets,
    db.feeds,
    db.watches,
    db.saved_queries,
    db.warehouse,
)  # imported for their effect: they register the tables


def migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
    context.configure(
        connection=connection,
        target_metadata=sqlmodel.SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=False,
    )
    context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database: set HEADWATER_DATABASE_URL.")

url = context.config.attributes.get("url") or os.environ["HEADWATER_DATABASE_URL"]
engine = engine_for_writes(url)
try:
    # One transaction for all steps: SQLite's BEGIN IMMEDIATE and PostgreSQL's DDL both roll back whole.
    with engine.begin() as opened:
        migrate(opened)
finally:
    engine.dispose()
