"""A person's word on edges, a shelf for what sources say of rejected ones, and names that are joined."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
TABLES = ("edge_rejections", "shelved_evidence", "namespace_aliases")


def upgrade() -> None:
    create(
        "edge_rejections",
        sa.Column("edge_pk", sa.Uuid(), nullable=False),
        sa.Column("author", TEXT(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edge_pk"], ["edges.pk"]),
    )
    op.create_index("edge_rejections_by_edge", "edge_rejections", ["edge_pk"])
    create(
        "shelved_evidence",
        sa.Column("edge_pk", sa.Uuid(), nullable=False),
        sa.Column("origin", TEXT(), nullable=False),
        sa.Column("definition_pk", sa.Uuid(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("note", TEXT(), nullable=False),
        sa.ForeignKeyConstraint(["edge_pk"], ["edges.pk"]),
        sa.ForeignKeyConstraint(["definition_pk"], ["definitions.pk"]),
    )
    op.create_index("shelved_evidence_by_edge", "shelved_evidence", ["edge_pk"])
    op.create_index("shelved_evidence_by_definition", "shelved_evidence", ["definition_pk"])
    create(
        "namespace_aliases",
        sa.Column("alias", TEXT(), nullable=False),
        sa.Column("prefix", TEXT(), nullable=False),
        sa.Column("namespace", TEXT(), nullable=False),
        sa.Column("author", TEXT(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def create(table: str, *more: sa.Column[object] | sa.ForeignKeyConstraint) -> None:
    """Make a table of assertions that holds this beside what all assertions have."""
    op.create_table(
        table,
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("fact", sa.Uuid(), nullable=False),
        sa.Column("workspace", TEXT(), nullable=False),
        sa.Column("source_pk", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        *more,
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.name"]),
        sa.ForeignKeyConstraint(["source_pk"], ["sources.pk"]),
        sa.PrimaryKeyConstraint("pk"),
    )
    op.create_index(f"{table}_by_source", table, ["source_pk", "until"])
    op.create_index(f"{table}_by_since", table, ["workspace", "since"])
    op.create_index(f"{table}_by_until", table, ["workspace", "until"])
