"""Annotations: owners, tags and descriptions of assets and columns, as sources assert them."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
INDEXES = {
    "annotations_by_source": ["source_pk", "until"],
    "annotations_by_since": ["workspace", "since"],
    "annotations_by_until": ["workspace", "until"],
    "annotations_by_asset": ["asset_pk"],
    "annotations_by_value": ["workspace", "kind", "folded"],
    "annotations_by_column": ["column_pk"],
}


def upgrade() -> None:
    op.create_table(
        "annotations",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("fact", sa.Uuid(), nullable=False),
        sa.Column("workspace", TEXT(), nullable=False),
        sa.Column("source_pk", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("asset_pk", sa.Uuid(), nullable=False),
        sa.Column("column_pk", sa.Uuid(), nullable=True),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("folded", TEXT(), nullable=False),
        sa.Column("author", TEXT(), nullable=True),
        sa.Column("reason", TEXT(), nullable=False),
        sa.CheckConstraint("kind IN ('owner', 'tag', 'description')", name="annotations_kind_known"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.name"]),
        sa.ForeignKeyConstraint(["source_pk"], ["sources.pk"]),
        sa.ForeignKeyConstraint(["asset_pk"], ["assets.pk"]),
        sa.ForeignKeyConstraint(["column_pk"], ["columns.pk"]),
        sa.PrimaryKeyConstraint("pk"),
    )
    for name, columns in INDEXES.items():
        op.create_index(name, "annotations", columns)


def downgrade() -> None:
    op.drop_table("annotations")
