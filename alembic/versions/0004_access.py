"""Members of workspaces, keys of programs, workspaces that are deleted, and the audit log."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import db.columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
UNCHANGED = "entries of the audit log are not changed"
REFUSE = {
    "sqlite": tuple(
        f"""CREATE TRIGGER audit_log_no_{what} BEFORE {what} ON audit_log
        BEGIN SELECT RAISE(ABORT, '{UNCHANGED}'); END"""
        for what in ("update", "delete")
    ),
    "postgresql": (
        f"""CREATE FUNCTION audit_log_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{UNCHANGED}'; END $$""",
        """CREATE TRIGGER audit_log_unchanged BEFORE UPDATE OR DELETE ON audit_log
        FOR EACH ROW EXECUTE FUNCTION audit_log_refuse()""",
    ),
}


def upgrade() -> None:
    with op.batch_alter_table("workspaces") as batch:
        batch.add_column(sa.Column("deleted_at", db.columns.UtcDateTime(timezone=True), nullable=True))
    op.create_table(
        "members",
        sa.Column("workspace", TEXT(), nullable=False),
        sa.Column("principal", TEXT(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("sees_definitions", sa.Boolean(), nullable=False),
        sa.Column("added_by", TEXT(), nullable=False),
        sa.Column("added_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('viewer', 'runner', 'editor', 'admin')", name="members_role_known"),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.name"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("workspace", "principal"),
    )
    op.create_index("members_by_principal", "members", ["principal"])
    op.create_table(
        "api_keys",
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("name", TEXT(), nullable=False),
        sa.Column("secret_digest", TEXT(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_by", TEXT(), nullable=False),
        sa.Column("created_at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", db.columns.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("pk"),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", db.columns.UtcDateTime(timezone=True), nullable=False),
        sa.Column("principal", TEXT(), nullable=False),
        sa.Column("action", TEXT(), nullable=False),
        sa.Column("workspace", TEXT(), nullable=True),
        sa.Column("target", TEXT(), nullable=True),
        sa.Column("outcome", TEXT(), nullable=False),
        sa.Column("address", TEXT(), nullable=True),
        sa.Column("request_id", TEXT(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("audit_log_by_workspace", "audit_log", ["workspace", "id"])
    op.create_index("audit_log_by_principal", "audit_log", ["principal", "id"])
    for statement in REFUSE[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("audit_log")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_log_refuse()")
    op.drop_table("api_keys")
    op.drop_table("members")
    with op.batch_alter_table("workspaces") as batch:
        batch.drop_column("deleted_at")
