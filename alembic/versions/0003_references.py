"""Indexes for what deleting follows and looks for: without them each deleted row costs a scan of a table."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEXES = (
    ("edges_by_source_column", "edges", ["source_column_pk"]),
    ("edges_by_target_column", "edges", ["target_column_pk"]),
    ("asset_facts_by_definition", "asset_facts", ["definition_pk"]),
    ("evidence_by_definition", "evidence", ["definition_pk"]),
    ("definitions_by_birth", "definitions", ["workspace", "born"]),
    ("runs_by_end", "runs", ["finished_at"]),
    ("revisions_by_run", "revisions", ["run_pk"]),
)


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in INDEXES:
        op.drop_index(name, table)
