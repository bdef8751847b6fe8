"""The rows of full search that belong to what is written into the graph."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import SQLModel

from db.columns import fold_case
from db.entries import Part, SearchEntry, scope
from db.lineage import Annotation, Asset, AssetColumn, AssetFact, Definition, identity
from db.revisions import insert_rows
from db.session import Session
from db.wording import MAX_TEXT, searchable

Row = Mapping[str, Any]
BATCH = 1_000  # rows of the graph read and indexed at once

NOTHING: Row = {"asset_pk": None, "column_pk": None, "folded": None, "said": None}


def index_rows(session: Session, written: Mapping[type[SQLModel], Sequence[Row]]) -> None:
    """Make what is written into the graph findable, in the transaction that writes it.

    Args:
        session: Which.
        written: Rows by table, of identities and of assertions that hold descriptions; others are left alone.

    Cost: some 20 µs a name and a microsecond a word of a definition, and as much again for the database.
    """
    entries = {pk: row for table, rows in written.items() for pk, row in _found_by(table, rows).items()}
    new = [_entry(pk, row) for pk, row in entries.items()]
    insert_rows(session, SearchEntry, [entry for entry in new if entry["length"]])


def _found_by(table: type[SQLModel], rows: Sequence[Row]) -> dict[UUID, Row]:
    """What can be found of rows, each once: its id → its part, its text, whose it is, and what else is kept."""
    if table is Asset:
        return {row["pk"]: _told(Part.ASSET, row["name"], row) for row in rows}
    if table is Definition:
        return {row["pk"]: _told(Part.DEFINITION, row["body"], row) for row in rows}
    if table is AssetColumn:
        names = {(row["workspace"], row["name"]): row for row in rows}
        return {identity("column name", *name): _name(row) for name, row in names.items()}
    if table is AssetFact:
        return dict(_description(row, row["description"], None) for row in rows if row.get("description"))
    if table is Annotation:
        said = [row for row in rows if row["kind"] == Part.DESCRIPTION]
        return dict(_description(row, row["value"], row["column_pk"]) for row in said)
    return {}


def _told(part: Part, text: str, row: Row, **more: object) -> Row:
    born = row.get("born", row.get("since"))
    return {**NOTHING, **more, "part": part, "text": text, "workspace": row["workspace"], "born": born}


def _name(row: Row) -> Row:
    name = row["name"]
    return _told(Part.COLUMN, name, row, said=name, folded=fold_case(name))


def _description(row: Row, text: str, column_pk: UUID | None) -> tuple[UUID, Row]:
    asset_pk: UUID = row["asset_pk"]
    pk = identity("description", asset_pk.hex, column_pk.hex if column_pk else "", text)
    return pk, _told(Part.DESCRIPTION, text, row, asset_pk=asset_pk, column_pk=column_pk, said=text)


def _entry(pk: UUID, told: Row) -> dict[str, Any]:
    """A row for what can be found; its length is 0 if there is no word in it."""
    words, length = searchable(told["text"])
    kept = {name: told[name] for name in (*NOTHING, "workspace", "born")}
    whose = scope(told["workspace"], told["part"])
    return {**kept, "pk": pk, "kind": told["part"].value, "length": length, "words": f"{whose} {words}"}


def index_all(session: Session) -> None:
    """Make all that is in the graph findable: for a graph that was written before it was indexed.

    It reads and writes in batches, so that memory does not grow with the graph. What is indexed already stays.
    Cost: some 20 s for each 100,000 definitions of 1,000 characters.
    """
    for table in (Asset, AssetColumn, Definition, AssetFact, Annotation):
        behind = UUID(int=0)
        while rows := _behind(session, table, behind):
            index_rows(session, {table: rows})
            behind = rows[-1]["pk"]


_READ: Mapping[type[SQLModel], Sequence[str]] = {
    Asset: ("workspace", "born", "name"),
    AssetColumn: ("workspace", "born", "name"),
    Definition: ("workspace", "born"),
    AssetFact: ("workspace", "since", "asset_pk", "description"),
    Annotation: ("workspace", "since", "asset_pk", "column_pk", "kind", "value"),
}


def _behind(session: Session, table: Any, behind: UUID) -> list[dict[str, Any]]:
    """The next rows of a table, by their ids; of a definition no more is read than is searched."""
    fields = [getattr(table, name) for name in ("pk", *_READ[table])]
    if table is Definition:
        fields.append(func.substr(table.body, 1, MAX_TEXT).label("body"))
    rows = session.execute(select(*fields).where(table.pk > behind).order_by(table.pk).limit(BATCH))
    return [dict(row) for row in rows.mappings()]
