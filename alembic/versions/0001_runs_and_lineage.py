"""The first tables: runs, their events and artifacts, and the lineage graph."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import db.columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "artifacts",
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "workspaces",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("head", sa.Integer(), nullable=False),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "assets",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("workspace", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("namespace", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("born", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace"],
            ["workspaces.name"],
        ),
        sa.PrimaryKeyConstraint("pk"),
    )
    with op.batch_alter_table("assets", schema=None) as batch_op:
        batch_op.create_index("assets_by_birth", ["workspace", "born"], unique=False)
        batch_op.create_index("assets_by_name", ["workspace", "namespace", "name_key"], unique=False)

    op.create_table(
        "definitions",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("workspace", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("born", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace"],
            ["workspaces.name"],
        ),
        sa.PrimaryKeyConstraint("pk"),
    )
    op.create_table(
        "runs",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("workspace", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("run_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("idempotency_key", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("input_digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("retry_of", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("timeout_seconds", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("rank", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("admitted_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("not_before", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("worker", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("lease_until", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("stop_requested_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("stage", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("submitted_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("started_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("finished_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(finished_at IS NOT NULL) = (status IN ('completed', 'completed_with_gaps', 'failed', 'stopped'))",
            name="runs_terminal_iff_finished",
        ),
        sa.CheckConstraint("(status = 'running') = (lease_until IS NOT NULL)", name="runs_lease_iff_running"),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'completed', 'completed_with_gaps', 'failed', 'stopped')",
            name="runs_status_known",
        ),
        sa.CheckConstraint("priority BETWEEN 1 AND 5", name="runs_priority_from_1_to_5"),
        sa.CheckConstraint("slots >= 1", name="runs_take_a_slot"),
        sa.ForeignKeyConstraint(
            ["workspace"],
            ["workspaces.name"],
        ),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("workspace", "idempotency_key", name="runs_idempotency_key_once_a_workspace"),
        sa.UniqueConstraint("workspace", "run_id", name="runs_run_id_once_a_workspace"),
    )
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.create_index("runs_by_time", ["workspace", "submitted_at", "pk"], unique=False)
        batch_op.create_index(
            "runs_unfinished",
            ["status", "rank", "pk"],
            unique=False,
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )

    op.create_table(
        "sources",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("workspace", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace"],
            ["workspaces.name"],
        ),
        sa.PrimaryKeyConstraint("pk"),
        sa.UniqueConstraint("workspace", "name", name="sources_name_once"),
    )
    op.create_table(
        "asset_facts",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("fact", sa.Uuid(), nullable=False),
        sa.Column("workspace", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source_pk", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("asset_pk", sa.Uuid(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("columns_complete", sa.Boolean(), nullable=False),
        sa.Column("definition_pk", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asset_pk"],
            ["assets.pk"],
        ),
        sa.ForeignKeyConstraint(
            ["definition_pk"],
            ["definitions.pk"],
        ),
        sa.ForeignKeyConstraint(
            ["source_pk"],
            ["sources.pk"],
        ),
        sa.ForeignKeyConstraint(
            ["workspace"],
            ["workspaces.name"],
        ),
        sa.PrimaryKeyConstraint("pk"),
    )
    with op.batch_alter_table("asset_facts", schema=None) as batch_op:
        batch_op.create_index("asset_facts_by_asset", ["asset_pk"], unique=False)
        batch_op.create_index("asset_facts_by_since", ["workspace", "since"], unique=False)
        batch_op.create_index("asset_facts_by_source", ["source_pk", "until"], unique=False)
        batch_op.create_index("asset_facts_by_until", ["workspace", "until"], unique=False)

    op.create_table(
        "columns",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("workspace", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("asset_pk", sa.Uuid(), nullable=False),
        sa.Column("name_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("born", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_pk"],
            ["assets.pk"],
        ),
        sa.ForeignKeyConstraint(
            ["workspace"],
            ["workspaces.name"],
        ),
        sa.PrimaryKeyConstraint("pk"),
    )
    with op.batch_alter_table("columns", schema=None) as batch_op:
        batch_op.create_index("columns_by_asset", ["asset_pk"], unique=False)
        batch_op.create_index("columns_by_birth", ["workspace", "born"], unique=False)

    op.create_table(
        "gaps",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("fact", sa.Uuid(), nullable=False),
        sa.Column("workspace", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source_pk", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("text_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("message", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("remedy", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_pk"],
            ["sources.pk"],
        ),
        sa.ForeignKeyConstraint(
            ["workspace"],
            ["workspaces.name"],
        ),
        sa.PrimaryKeyConstraint("pk"),
    )
    with op.batch_alter_table("gaps", schema=None) as batch_op:
        batch_op.create_index("gaps_by_since", ["workspace", "since"], unique=False)
        batch_op.create_index("gaps_by_source", ["source_pk", "until"], unique=False)
        batch_op.create_index("gaps_by_until", ["workspace", "until"], unique=False)

    op.create_table(
        "revisions",
        sa.Column("workspace", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("run_pk", sa.Uuid(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("reserved_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("committed_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('reserved', 'committed', 'abandoned')", name="revisions_state_known"),
        sa.ForeignKeyConstraint(["run_pk"], ["runs.pk"], ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["workspace"],
            ["workspaces.name"],
        ),
        sa.PrimaryKeyConstraint("workspace", "number"),
    )
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.create_index(
            "revisions_one_reserved_a_workspace",
            ["workspace"],
            unique=True,
            sqlite_where=sa.text("state = 'reserved'"),
            postgresql_where=sa.text("state = 'reserved'"),
        )

    op.create_table(
        "run_artifacts",
        sa.Column("run_pk", sa.Uuid(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["artifacts.digest"],
        ),
        sa.ForeignKeyConstraint(["run_pk"], ["runs.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_pk", "name"),
    )
    with op.batch_alter_table("run_artifacts", schema=None) as batch_op:
        batch_op.create_index("run_artifacts_by_digest", ["digest"], unique=False)

    op.create_table(
        "run_events",
        sa.Column("run_pk", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["run_pk"], ["runs.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_pk", "seq"),
    )
    op.create_table(
        "run_inputs",
        sa.Column("run_pk", sa.Uuid(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_pk"], ["runs.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_pk"),
    )
    op.create_table(
        "run_labels",
        sa.Column("run_pk", sa.Uuid(), nullable=False),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["run_pk"], ["runs.pk"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_pk", "label"),
    )
    with op.batch_alter_table("run_labels", schema=None) as batch_op:
        batch_op.create_index("run_labels_by_label", ["label", "run_pk"], unique=False)

    op.create_table(
        "statements",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("fact", sa.Uuid(), nullable=False),
        sa.Column("workspace", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source_pk", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("definition_pk", sa.Uuid(), nullable=False),
        sa.Column("text_name", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("verb", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_pk"],
            ["definitions.pk"],
        ),
        sa.ForeignKeyConstraint(
            ["source_pk"],
            ["sources.pk"],
        ),
        sa.ForeignKeyConstraint(
            ["workspace"],
            ["workspaces.name"],
        ),
        sa.PrimaryKeyConstraint("pk"),
    )
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.create_index("statements_by_definition", ["definition_pk"], unique=False)
        batch_op.create_index("statements_by_since", ["workspace", "since"], unique=False)
        batch_op.create_index("statements_by_source", ["source_pk", "until"], unique=False)
        batch_op.create_index("statements_by_until", ["workspace", "until"], unique=False)

    op.create_table(
        "column_facts",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("fact", sa.Uuid(), nullable=False),
        sa.Column("workspace", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source_pk", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("column_pk", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("data_type", sqlmodel.sql.sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["column_pk"],
            ["columns.pk"],
        ),
        sa.ForeignKeyConstraint(
            ["source_pk"],
            ["sources.pk"],
        ),
        sa.ForeignKeyConstraint(
            ["workspace"],
            ["workspaces.name"],
        ),
        sa.PrimaryKeyConstraint("pk"),
    )
    with op.batch_alter_table("column_facts", schema=None) as batch_op:
        batch_op.create_index("column_facts_by_column", ["column_pk"], unique=False)
        batch_op.create_index("column_facts_by_since", ["workspace", "since"], unique=False)
        batch_op.create_index("column_facts_by_source", ["source_pk", "until"], unique=False)
        batch_op.create_index("column_facts_by_until", ["workspace", "until"], unique=False)

    op.create_table(
        "edges",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("workspace", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source_asset_pk", sa.Uuid(), nullable=False),
        sa.Column("source_column_pk", sa.Uuid(), nullable=True),
        sa.Column("target_asset_pk", sa.Uuid(), nullable=False),
        sa.Column("target_column_pk", sa.Uuid(), nullable=True),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("subtype", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("masking", sa.Boolean(), nullable=False),
        sa.Column("born", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('direct', 'indirect')", name="edges_kind_known"),
        sa.ForeignKeyConstraint(
            ["source_asset_pk"],
            ["assets.pk"],
        ),
        sa.ForeignKeyConstraint(
            ["source_column_pk"],
            ["columns.pk"],
        ),
        sa.ForeignKeyConstraint(
            ["target_asset_pk"],
            ["assets.pk"],
        ),
        sa.ForeignKeyConstraint(
            ["target_column_pk"],
            ["columns.pk"],
        ),
        sa.ForeignKeyConstraint(
            ["workspace"],
            ["workspaces.name"],
        ),
        sa.PrimaryKeyConstraint("pk"),
    )
    with op.batch_alter_table("edges", schema=None) as batch_op:
        batch_op.create_index("edges_by_birth", ["workspace", "born"], unique=False)
        batch_op.create_index("edges_by_source", ["source_asset_pk", "source_column_pk"], unique=False)
        batch_op.create_index("edges_by_target", ["target_asset_pk", "target_column_pk"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("fact", sa.Uuid(), nullable=False),
        sa.Column("workspace", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("source_pk", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("edge_pk", sa.Uuid(), nullable=False),
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("definition_pk", sa.Uuid(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_pk"],
            ["definitions.pk"],
        ),
        sa.ForeignKeyConstraint(
            ["edge_pk"],
            ["edges.pk"],
        ),
        sa.ForeignKeyConstraint(
            ["source_pk"],
            ["sources.pk"],
        ),
        sa.ForeignKeyConstraint(
            ["workspace"],
            ["workspaces.name"],
        ),
        sa.PrimaryKeyConstraint("pk"),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index("evidence_by_edge", ["edge_pk"], unique=False)
        batch_op.create_index("evidence_by_since", ["workspace", "since"], unique=False)
        batch_op.create_index("evidence_by_source", ["source_pk", "until"], unique=False)
        batch_op.create_index("evidence_by_until", ["workspace", "until"], unique=False)

    op.execute("INSERT INTO workspaces (name, head, created_at) VALUES ('main', 0, CURRENT_TIMESTAMP)")


def downgrade() -> None:
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index("evidence_by_until")
        batch_op.drop_index("evidence_by_source")
        batch_op.drop_index("evidence_by_since")
        batch_op.drop_index("evidence_by_edge")

    op.drop_table("evidence")
    with op.batch_alter_table("edges", schema=None) as batch_op:
        batch_op.drop_index("edges_by_target")
        batch_op.drop_index("edges_by_source")
        batch_op.drop_index("edges_by_birth")

    op.drop_table("edges")
    with op.batch_alter_table("column_facts", schema=None) as batch_op:
        batch_op.drop_index("column_facts_by_until")
        batch_op.drop_index("column_facts_by_source")
        batch_op.drop_index("column_facts_by_since")
        batch_op.drop_index("column_facts_by_column")

    op.drop_table("column_facts")
    with op.batch_alter_table("statements", schema=None) as batch_op:
        batch_op.drop_index("statements_by_until")
        batch_op.drop_index("statements_by_source")
        batch_op.drop_index("statements_by_since")
        batch_op.drop_index("statements_by_definition")

    op.drop_table("statements")
    with op.batch_alter_table("run_labels", schema=None) as batch_op:
        batch_op.drop_index("run_labels_by_label")

    op.drop_table("run_labels")
    op.drop_table("run_inputs")
    op.drop_table("run_events")
    with op.batch_alter_table("run_artifacts", schema=None) as batch_op:
        batch_op.drop_index("run_artifacts_by_digest")

    op.drop_table("run_artifacts")
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.drop_index(
            "revisions_one_reserved_a_workspace",
            sqlite_where=sa.text("state = 'reserved'"),
            postgresql_where=sa.text("state = 'reserved'"),
        )

    op.drop_table("revisions")
    with op.batch_alter_table("gaps", schema=None) as batch_op:
        batch_op.drop_index("gaps_by_until")
        batch_op.drop_index("gaps_by_source")
        batch_op.drop_index("gaps_by_since")

    op.drop_table("gaps")
    with op.batch_alter_table("columns", schema=None) as batch_op:
        batch_op.drop_index("columns_by_birth")
        batch_op.drop_index("columns_by_asset")

    op.drop_table("columns")
    with op.batch_alter_table("asset_facts", schema=None) as batch_op:
        batch_op.drop_index("asset_facts_by_until")
        batch_op.drop_index("asset_facts_by_source")
        batch_op.drop_index("asset_facts_by_since")
        batch_op.drop_index("asset_facts_by_asset")

    op.drop_table("asset_facts")
    op.drop_table("sources")
    with op.batch_alter_table("runs", schema=None) as batch_op:
        batch_op.drop_index(
            "runs_unfinished",
            sqlite_where=sa.text("finished_at IS NULL"),
            postgresql_where=sa.text("finished_at IS NULL"),
        )
        batch_op.drop_index("runs_by_time")

    op.drop_table("runs")
    op.drop_table("definitions")
    with op.batch_alter_table("assets", schema=None) as batch_op:
        batch_op.drop_index("assets_by_name")
        batch_op.drop_index("assets_by_birth")

    op.drop_table("assets")
    op.drop_table("workspaces")
    op.drop_table("artifacts")
