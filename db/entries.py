"""The index of full search: a row for each thing that is found by words, and what each database makes of it.

A row is written with the identity that it is about, in the same batch, and removed with it. It says nothing
about when that is seen: assertions do.
"""

from enum import StrEnum
from hashlib import blake2b
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Index,
    Integer,
    Text,
    bindparam,
    column,
    event,
    literal_column,
    select,
    table,
)
from sqlmodel import Field, SQLModel, col

from db.columns import WORDS
from db.questions import FTS5, TSQUERY, Question, written
from db.session import Session


class Part(StrEnum):
    """What is searched, in the order in which hits stand that fit as well."""

    ASSET = "asset"
    COLUMN = "column"
    DESCRIPTION = "description"
    DEFINITION = "definition"


PARTS = tuple(Part)
SCOPE = (
    "\ue001"  # before the word that says whose a text is and of which part: private use, so it is in no text
)
OWN_INDEX = "search_index"  # what the databases' own indexes are called; Alembic cannot compare them


class SearchEntry(SQLModel, table=True):
    """The name of an asset or of columns, a description, or a definition, as words.

    Columns of one name share a row: catalogs hold the same names again and again, and to index each column
    would take longer than to write it.
    """

    __tablename__ = "search_entries"
    __table_args__: ClassVar[Any] = (
        CheckConstraint(
            "kind IN ('asset', 'column', 'description', 'definition')", name="search_entries_kind_known"
        ),
        Index("search_entries_once", "pk", unique=True),
        Index("search_entries_by_birth", "workspace", "born"),
    )

    # Larger for what was written later: the indexes of both databases go by it.
    id: int | None = Field(
        default=None, sa_column=Column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    )
    pk: UUID  # of the asset or definition; otherwise the identity of what is told below
    workspace: str = Field(foreign_key="workspaces.name")
    kind: str  # Part
    born: int
    asset_pk: UUID | None = None  # of a description: what it is about
    column_pk: UUID | None = None
    folded: str | None = Field(default=None, sa_type=WORDS)  # of the name of columns: `said`, as they hold it
    said: str | None = Field(default=None, sa_type=Text)  # the description, or the name of columns
    length: int  # how many words count
    words: str = Field(sa_type=Text)  # the scope, then db.wording.searchable


# FTS5 keeps neither the text, which is here, nor where in it a word stands: phrases are looked for in `words`.
# Its tokenizer for ASCII takes what stands between spaces as it is: words hold nothing but letters and digits.
WORDS_OF_SQLITE = """CREATE VIRTUAL TABLE search_index USING fts5(
    words, content='search_entries', content_rowid='id', tokenize='ascii', detail='none', columnsize=0
)"""
GROWING = """CREATE TRIGGER search_index_grows AFTER INSERT ON search_entries BEGIN
    INSERT INTO search_index (rowid, words) VALUES (new.id, new.words);
END"""
SHRINKING = """CREATE TRIGGER search_index_shrinks AFTER DELETE ON search_entries BEGIN
    INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', old.id, old.words);
END"""
# Texts are kept aside, so that to look at all rows that hold a word is to look at few pages. To make a vector
# of a text fetches it from there: the function says what that costs, or texts would be compared row by row.
ASIDE = "ALTER TABLE search_entries SET (toast_tuple_target = 128)"
VECTOR = """CREATE FUNCTION search_vector(words text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 10000
AS $$ BEGIN RETURN array_to_tsvector(string_to_array(words, ' ')); END $$"""
WORDS_OF_POSTGRESQL = "CREATE INDEX search_index ON search_entries USING gin (search_vector(words))"
FULL_TEXT = {
    "sqlite": (WORDS_OF_SQLITE, GROWING, SHRINKING),
    "postgresql": (ASIDE, VECTOR, WORDS_OF_POSTGRESQL),
}
_INDEX = table(OWN_INDEX, column("rowid"))
_TSVECTOR: ColumnElement[Any] = literal_column("search_vector(search_entries.words)")

for _dialect, _statements in FULL_TEXT.items():
    for _statement in _statements:
        event.listen(
            SQLModel.metadata.tables["search_entries"],
            "after_create",
            DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]  # SQLAlchemy lacks it
        )


def scope(workspace: str, part: Part) -> str:
    """The word that says whose a text is, and of which part."""
    digest = blake2b(workspace.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{SCOPE}{PARTS.index(part)}{digest}"


def fits_in_index(session: Session, workspace: str, part: Part, question: Question) -> ColumnElement[bool]:
    """The condition under which a database's index of words says that a row fits; see `questions.written`."""
    whose = scope(workspace, part)
    if session.get_bind().dialect.name == "sqlite":
        asked = literal_column(OWN_INDEX).op("MATCH")(bindparam(None, written(question, whose, FTS5), Text))
        return col(SearchEntry.id).in_(select(_INDEX.c.rowid).where(asked))
    query = bindparam(None, written(question, whose, TSQUERY), Text)
    return _TSVECTOR.op("@@")(query.op("::")(literal_column("tsquery")))
