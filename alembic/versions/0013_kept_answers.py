"""Which run's result answers a question again."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import db.columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString


def upgrade() -> None:
    op.create_table(
        "kept_answers",
        sa.Column("workspace", TEXT(), nullable=False),
        sa.Column("key", TEXT(), nullable=False),
        sa.Column("run_pk", sa.Uuid(), nullable=False),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.name"]),
        sa.ForeignKeyConstraint(["run_pk"], ["runs.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "key"),
    )
    op.create_index("kept_answers_by_run", "kept_answers", ["run_pk"])


def downgrade() -> None:
    op.drop_table("kept_answers")
