"""Events that OpenLineage clients sent."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import db.columns

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "lineage_events",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("workspace", TEXT(), nullable=False),
        sa.Column("received_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sent_by", TEXT(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.name"]),
        sa.PrimaryKeyConstraint("pk"),
    )
    op.create_index("lineage_events_by_time", "lineage_events", ["workspace", "received_at"])
    op.create_index("lineage_events_by_age", "lineage_events", ["received_at"])


def downgrade() -> None:
    op.drop_table("lineage_events")
