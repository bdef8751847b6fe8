"""Feeds of workspaces, watches, and up to which revision the feed of lineage has told."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import db.columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("workspace", TEXT(), nullable=False),
        sa.Column("feed", TEXT(), nullable=False),
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("feed_by_place", "feed", ["workspace", "feed", "xid", "id"])
    op.create_table(
        "feed_floors",
        sa.Column("workspace", TEXT(), nullable=False),
        sa.Column("feed", TEXT(), nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "feed"),
    )
    op.create_table(
        "watches",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("workspace", TEXT(), nullable=False),
        sa.Column("owner", TEXT(), nullable=False),
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("asset_pk", sa.Uuid(), nullable=False),
        sa.Column("column_pk", sa.Uuid(), nullable=True),
        sa.Column("namespace", TEXT(), nullable=False),
        sa.Column("asset_name", TEXT(), nullable=False),
        sa.Column("column_name", TEXT(), nullable=True),
        sa.Column("direction", TEXT(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=True),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("direction IN ('upstream', 'downstream')", name="watches_direction_known"),
        sa.CheckConstraint("depth >= 1", name="watches_depth_at_least_1"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.name"]),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("workspace", "owner", "name", name="watches_name_once_an_owner"),
    )
    op.create_index("watches_by_time", "watches", ["workspace", "created_at", "pk"])
    op.create_table(
        "told_revisions",
        sa.Column("workspace", TEXT(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("worker", TEXT(), nullable=True),
        sa.Column("lease_until", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.name"]),
        sa.PrimaryKeyConstraint("workspace"),
    )
    # What was there before there was a feed is no news.
    op.execute("INSERT INTO told_revisions (workspace, number) SELECT name, head FROM workspaces")


def downgrade() -> None:
    for table in ("told_revisions", "watches", "feed_floors", "feed"):
        op.drop_table(table)
