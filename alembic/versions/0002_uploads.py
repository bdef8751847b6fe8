"""Uploads, the key that grants are signed with, workspaces being cleared, and more words about assets."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import db.columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FOLDED = ("assets", "columns")  # tables of names that searches look through
WORDS = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "signing_keys",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("secret", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "uploads",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("workspace", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("announced_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint(
            "(received_at IS NOT NULL) = (digest IS NOT NULL)", name="uploads_digest_iff_received"
        ),
        sa.CheckConstraint("(received_at IS NOT NULL) = (role IS NOT NULL)", name="uploads_role_iff_received"),
        sa.ForeignKeyConstraint(["digest"], ["artifacts.digest"]),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.name"]),
        sa.PrimaryKeyConstraint("pk"),
    )
    with op.batch_alter_table("uploads", schema=None) as batch_op:
        batch_op.create_index("uploads_by_digest", ["digest"], unique=False)
        batch_op.create_index("uploads_by_time", ["workspace", "created_at", "pk"], unique=False)

    op.create_table(
        "run_uploads",
        sa.Column("run_pk", sa.Uuid(), nullable=False),
        sa.Column("upload_pk", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["run_pk"], ["runs.pk"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["upload_pk"], ["uploads.pk"]),
        sa.PrimaryKeyConstraint("run_pk", "upload_pk"),
    )
    with op.batch_alter_table("run_uploads", schema=None) as batch_op:
        batch_op.create_index("run_uploads_by_upload", ["upload_pk"], unique=False)

    op.add_column(
        "workspaces", sa.Column("clearing_since", db.columns.UtcDateTime(timezone=True), nullable=True)
    )
    # A default fills the rows that are there; the models always say themselves.
    op.add_column(
        "asset_facts",
        sa.Column("description", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""),
    )
    op.add_column("asset_facts", sa.Column("explained", sa.Boolean(), nullable=False, server_default=sa.true()))
    for table in FOLDED:
        op.add_column(table, sa.Column("folded", WORDS, nullable=False, server_default=""))
        fold_names(table)
        op.create_index(f"{table}_by_folded", table, ["workspace", "folded", "pk"])


def fold_names(table: str) -> None:
    """Fill in the folded names of the rows that are there: in one statement, except for names beyond ASCII."""
    connection = op.get_bind()
    sqlite = connection.dialect.name == "sqlite"
    lower = "lower(name)" if sqlite else 'lower(name COLLATE "C")'
    size = "length(CAST(name AS BLOB))" if sqlite else "octet_length(name)"
    connection.execute(sa.text(f"UPDATE {table} SET folded = {lower}"))
    beyond = sa.text(f"SELECT pk, name FROM {table} WHERE {size} <> length(name)")
    change = sa.text(f"UPDATE {table} SET folded = :folded WHERE pk = :pk")
    rows = [{"pk": pk, "folded": db.columns.fold_case(name)} for pk, name in connection.execute(beyond)]
    if rows:
        connection.execute(change, rows)


def downgrade() -> None:
    for table in FOLDED:
        op.drop_index(f"{table}_by_folded", table)
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("folded")
    with op.batch_alter_table("asset_facts", schema=None) as batch_op:
        batch_op.drop_column("explained")
        batch_op.drop_column("description")
    with op.batch_alter_table("workspaces", schema=None) as batch_op:
        batch_op.drop_column("clearing_since")
    op.drop_table("run_uploads")
    op.drop_table("uploads")
    op.drop_table("signing_keys")
