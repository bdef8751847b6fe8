"""Figures of the columns of a table's version, once somebody asked for them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("table_versions", sa.Column("statistics", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("table_versions") as table:
        table.drop_column("statistics")
