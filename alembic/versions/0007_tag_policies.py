"""Tags that flow: a policy for each, and a word for what is clean of one."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
INDEXES = {
    "tag_policies_by_source": ["source_pk", "until"],
    "tag_policies_by_since": ["workspace", "since"],
    "tag_policies_by_until": ["workspace", "until"],
}
KNOWN = "annotations_kind_known"
KINDS_BEFORE = "kind IN ('owner', 'tag', 'description')"
KINDS = "kind IN ('owner', 'tag', 'description', 'clean_of')"


def upgrade() -> None:
    op.create_table(
        "tag_policies",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("fact", sa.Uuid(), nullable=False),
        sa.Column("workspace", TEXT(), nullable=False),
        sa.Column("source_pk", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("tag", TEXT(), nullable=False),
        sa.Column("folded", TEXT(), nullable=False),
        sa.Column("flows", sa.Boolean(), nullable=False),
        sa.Column("stopped_by_masking", sa.Boolean(), nullable=False),
        sa.Column("stopped_by_aggregation", sa.Boolean(), nullable=False),
        sa.Column("include_influence", sa.Boolean(), nullable=False),
        sa.Column("author", TEXT(), nullable=False),
        sa.Column("reason", TEXT(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.name"]),
        sa.ForeignKeyConstraint(["source_pk"], ["sources.pk"]),
        sa.PrimaryKeyConstraint("pk"),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "tag_policies", columns)
    know(KINDS)


def downgrade() -> None:
    op.execute("DELETE FROM annotations WHERE kind = 'clean_of'")
    know(KINDS_BEFORE)
    op.drop_table("tag_policies")


def know(kinds: str) -> None:
    """Let annotations be of these kinds."""
    with op.batch_alter_table("annotations") as batch:
        batch.drop_constraint(KNOWN, type_="check")
        batch.create_check_constraint(KNOWN, kinds)
