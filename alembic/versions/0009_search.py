"""The index of full search, filled with what the graph holds already, in batches."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import db.columns
import db.indexing

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TEXT = sqlmodel.sql.sqltypes.AutoString
WORDS_OF_SQLITE = """CREATE VIRTUAL TABLE search_index USING fts5(
    words, content='search_entries', content_rowid='id', tokenize='ascii', detail='none', columnsize=0
)"""
GROWING = """CREATE TRIGGER search_index_grows AFTER INSERT ON search_entries BEGIN
    INSERT INTO search_index (rowid, words) VALUES (new.id, new.words);
END"""
SHRINKING = """CREATE TRIGGER search_index_shrinks AFTER DELETE ON search_entries BEGIN
    INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', old.id, old.words);
END"""
ASIDE = "ALTER TABLE search_entries SET (toast_tuple_target = 128)"
VECTOR = """CREATE FUNCTION search_vector(words text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000
AS $$ BEGIN RETURN array_to_tsvector(string_to_array(words, ' ')); END $$"""
WORDS_OF_POSTGRESQL = "CREATE INDEX search_index ON search_entries USING gin (search_vector(words))"
FULL_TEXT = {
    "sqlite": (WORDS_OF_SQLITE, GROWING, SHRINKING),
    "postgresql": (ASIDE, VECTOR, WORDS_OF_POSTGRESQL),
}


def upgrade() -> None:
    op.create_table(
        "search_entries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pk", sa.Uuid(), nullable=False),
        sa.Column("workspace", TEXT(), nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("born", sa.Integer(), nullable=False),
        sa.Column("asset_pk", sa.Uuid(), nullable=True),
        sa.Column("column_pk", sa.Uuid(), nullable=True),
        sa.Column("folded", db.columns.WORDS, nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('asset', 'column', 'description', 'definition')", name="search_entries_kind_known"
        ),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.name"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("search_entries_once", "search_entries", ["pk"], unique=True)
    op.create_index("search_entries_by_birth", "search_entries", ["workspace", "born"])
    for statement in FULL_TEXT[op.get_bind().dialect.name]:
        op.execute(sa.text(statement))
    with sqlmodel.Session(op.get_bind()) as session:
        db.indexing.index_all(session)


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        op.execute("DROP TABLE search_index")
    op.drop_table("search_entries")
    if not is_sqlite:
        op.execute("DROP FUNCTION search_vector")
