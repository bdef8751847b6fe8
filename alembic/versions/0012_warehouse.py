"""Tables of the warehouse, their versions, and the files of those."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import db.columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString

MOMENT = db.columns.UtcDateTime(timezone=True)
WORDS = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "warehouse_tables",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("workspace", TEXT(), nullable=False),
        sa.Column("schema_name", TEXT(), nullable=False),
        sa.Column("schema_folded", TEXT(), nullable=False),
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("folded", WORDS, nullable=False, server_default=""),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("dropped", TEXT(), nullable=False),
        sa.Column("created_by", TEXT(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.name"]),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint(
            "workspace", "schema_folded", "folded", "dropped", name="warehouse_tables_name_once"
        ),
    )
    op.create_table(
        "table_versions",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("table_pk", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("run_pk", sa.Uuid(), nullable=True),
        sa.Column("run_id", TEXT(), nullable=False),
        sa.Column("act", TEXT(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("changed_rows", sa.BigInteger(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["table_pk"], ["warehouse_tables.pk"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["run_pk"], ["runs.pk"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("table_pk", "number", name="table_versions_number_once"),
    )
    op.create_index("table_versions_by_run", "table_versions", ["run_pk"])
    op.create_index("table_versions_by_end", "table_versions", ["superseded_at"])
    op.create_table(
        "table_files",
        sa.Column("version_pk", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("digest", TEXT(), nullable=False),
        sa.Column("row_count", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["version_pk"], ["table_versions.pk"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["digest"], ["artifacts.digest"]),
        sa.PrimaryKeyConstraint("version_pk", "place"),
    )
    op.create_index("table_files_by_digest", "table_files", ["digest"])


def downgrade() -> None:
    for table in ("table_files", "table_versions", "warehouse_tables"):
        op.drop_table(table)
