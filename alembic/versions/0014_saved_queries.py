"""Queries that are kept by name."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import db.columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString

MOMENT = db.columns.UtcDateTime(timezone=True)
WORDS = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "saved_queries",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("workspace", TEXT(), nullable=False),
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("folded", WORDS, nullable=False, server_default=""),
        sa.Column("sql", TEXT(), nullable=False),
        sa.Column("engine", TEXT(), nullable=False),
        sa.Column("description", TEXT(), nullable=False),
        sa.Column("saved_by", TEXT(), nullable=False),
        sa.Column("saved_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.name"]),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("workspace", "folded", name="saved_queries_name_once"),
    )


def downgrade() -> None:
    op.drop_table("saved_queries")
