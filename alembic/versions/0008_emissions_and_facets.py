"""What the outside was told of runs, and what OpenLineage events say that we do not read ourselves."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import db.columns

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString


def moment() -> db.columns.UtcDateTime:
    return db.columns.UtcDateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "emissions",
        sa.Column("run_pk", sa.Uuid(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.CheckConstraint("told IN (1, 2)", name="emissions_told_known"),
        sa.ForeignKeyConstraint(["run_pk"], ["runs.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_pk"),
    )
    op.create_table(
        "emission_turns",
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("worker", TEXT(), nullable=True),
        sa.Column("held_until", moment(), nullable=True),
        sa.Column("begun_at", moment(), nullable=False),
        sa.Column("done_until", moment(), nullable=False),
        sa.Column("looked_at", moment(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("not_before", moment(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "dataset_facets",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("workspace", TEXT(), nullable=False),
        sa.Column("dataset", sa.Uuid(), nullable=False),
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("said_at", moment(), nullable=False),
        sa.Column("received_at", moment(), nullable=False),
        sa.Column("producer", TEXT(), nullable=True),
        sa.Column("schema_url", TEXT(), nullable=True),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.name"]),
        sa.PrimaryKeyConstraint("pk"),
    )
    op.create_index("dataset_facets_by_dataset", "dataset_facets", ["dataset", "name"])
    op.create_index("dataset_facets_by_workspace", "dataset_facets", ["workspace"])
    op.create_index("dataset_facets_by_age", "dataset_facets", ["received_at"])


def downgrade() -> None:
    op.drop_table("dataset_facets")
    op.drop_table("emission_turns")
    op.drop_table("emissions")
