"""The graph as lines that say everything, page by page: what an export writes.

All pages of one export are read at one revision, each in a transaction of its own.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, tuple_
from sqlalchemy import select as sa_select
from sqlmodel import col, select

from db.annotations import Remark, of_assets, of_columns
from db.catalog import (
    AssetView,
    ColumnView,
    chunks,
    columns_of,
    count_assets,
    list_assets,
    sources_of,
)
from db.confidence import confidence
from db.filters import AssetFilter
from db.lineage import (
    Asset,
    AssetColumn,
    Definition,
    Edge,
    Evidence,
    Gap,
    Source,
    StatementFact,
    same_source,
    seen,
)
from db.session import Session

Line = dict[str, Any]
"""What the full export says of one thing: see the README."""

StatementKey = tuple[str, int, str]
"""A statement's text, where it begins in it, and its source."""


def statements_page(
    session: Session, *, workspace: str, at: int, after: tuple[str, int, UUID] | None, limit: int
) -> tuple[list[Line], tuple[str, int, UUID] | None]:
    """Statements that readers see, by text and place, and from where to go on; None at the end."""
    key = (col(StatementFact.text_name), col(StatementFact.start), col(StatementFact.pk))
    query = (
        sa_select(StatementFact, col(Definition.body), col(Source.name))
        .join(Definition, col(Definition.pk) == col(StatementFact.definition_pk))
        .join(Source, col(Source.pk) == col(StatementFact.source_pk))
        .where(col(StatementFact.workspace) == workspace, seen(StatementFact, at))
    )
    if after is not None:
        query = query.where(tuple_(*key) > after)
    rows = session.execute(query.order_by(*key).limit(limit)).all()
    found = [
        {
            "text": fact.text_name,
            "start": fact.start,
            "line": fact.line,
            "verb": fact.verb,
            "sql": body,
            "source": source,
        }
        for fact, body, source in rows
    ]
    last = rows[-1][0] if len(rows) == limit else None
    return found, None if last is None else (last.text_name, last.start, last.pk)


def gaps_page(
    session: Session, *, workspace: str, at: int, after: tuple[str, int, UUID] | None, limit: int
) -> tuple[list[Line], tuple[str, int, UUID] | None]:
    """What could not be explained, by text and place, and from where to go on; None at the end."""
    key = (col(Gap.text_name), col(Gap.start), col(Gap.pk))
    query = sa_select(Gap, col(Source.name)).join(Source, col(Source.pk) == col(Gap.source_pk))
    query = query.where(col(Gap.workspace) == workspace, seen(Gap, at))
    if after is not None:
        query = query.where(tuple_(*key) > after)
    rows = session.execute(query.order_by(*key).limit(limit)).all()
    found = [
        {
            "text": gap.text_name,
            "start": gap.start,
            "end": gap.end,
            "line": gap.line,
            "column": gap.position,
            "reason": gap.reason,
            "message": gap.message,
            "remedy": gap.remedy,
            "source": source,
        }
        for gap, source in rows
    ]
    last = rows[-1][0] if len(rows) == limit else None
    return found, None if last is None else (last.text_name, last.start, last.pk)


def graph_page(
    session: Session,
    *,
    workspace: str,
    at: int,
    namespace: str | None,
    after: tuple[str, str] | None,
    limit: int,
) -> tuple[list[Line], tuple[str, str] | None]:
    """Assets that readers see, by namespace and name, each with its columns and with all edges that lead to it.

    Cost: a dozen statements a page, whatever it holds.
    """
    wanted = AssetFilter(namespaces=frozenset({namespace} if namespace is not None else ()))
    views = list_assets(session, workspace, at, wanted, after=after, limit=limit)
    pks = [view.pk for view in views]
    columns, remarks, sources = (
        columns_of(session, pks, at),
        of_assets(session, pks, at),
        sources_of(session, pks, at),
    )
    every = [column for of_asset in columns.values() for column in of_asset]
    words = of_columns(session, [column.pk for column in every], at)
    keys = column_keys(session, [column.pk for column in every])
    edges = edges_into(session, pks, at)
    places = statement_keys(session, [view.definition_pk for view in views if view.definition_pk], at)
    found = [
        asset_line(view, remarks[view.pk], sources[view.pk], places)
        | {
            "columns": [column_line(each, keys[each.pk], words[each.pk]) for each in columns[view.pk]],
            "edges": edges.get(view.pk, []),
        }
        for view in views
    ]
    last = views[-1] if len(views) == limit else None
    return found, None if last is None else (last.namespace, last.name_key)


def count_of_assets(session: Session, *, workspace: str, at: int, namespace: str | None) -> int:
    """How many assets there are to write."""
    return count_assets(session, workspace, at, AssetFilter(frozenset({namespace} if namespace else ())))


def asset_line(
    view: AssetView, remarks: Sequence[Remark], sources: Sequence[str], places: Mapping[UUID, StatementKey]
) -> Line:
    """An asset, without its columns and edges."""
    definition = places.get(view.definition_pk) if view.definition_pk else None
    return {
        "namespace": view.namespace,
        "key": view.name_key,
        "name": view.name,
        "kind": view.kind,
        "description": view.description,
        "complete": view.columns_complete,
        "explained": view.explained,
        "definition": list(definition) if definition else None,
        "owners": said(remarks, "owner"),
        "tags": said(remarks, "tag"),
        "descriptions": said(remarks, "description"),
        "sources": list(sources),
    }


def column_line(view: ColumnView, key: str, remarks: Sequence[Remark]) -> Line:
    """A column of an asset."""
    return {
        "key": key,
        "name": view.name,
        "type": view.data_type,
        "owners": said(remarks, "owner"),
        "tags": said(remarks, "tag"),
        "descriptions": said(remarks, "description"),
    }


def said(remarks: Iterable[Remark], kind: str) -> list[str]:
    """What was said of this kind, each once, in order."""
    return sorted({remark.value for remark in remarks if remark.kind == kind})


def column_keys(session: Session, pks: Collection[UUID]) -> Mapping[UUID, str]:
    """The folded names of columns."""
    query = sa_select(col(AssetColumn.pk), col(AssetColumn.name_key))
    return {
        pk: key
        for some in chunks(pks)
        for pk, key in session.execute(query.where(col(AssetColumn.pk).in_(some)))
    }


def statement_keys(session: Session, definitions: Collection[UUID], at: int) -> Mapping[UUID, StatementKey]:
    """Where each text of a statement stands: where several stand alike, the first place."""
    found: dict[UUID, StatementKey] = {}
    query = sa_select(
        col(StatementFact.definition_pk),
        col(StatementFact.text_name),
        col(StatementFact.start),
        col(Source.name),
    ).join(Source, col(Source.pk) == col(StatementFact.source_pk))
    for some in chunks(definitions):
        here = query.where(col(StatementFact.definition_pk).in_(some), seen(StatementFact, at))
        for pk, *place in session.execute(here):
            key = (place[0], place[1], place[2])
            found[pk] = min(found.get(pk, key), key)
    return found


def edges_into(session: Session, assets: Sequence[UUID], at: int) -> Mapping[UUID, list[Line]]:
    """The edges that lead to assets and their columns, in order, each with its evidence."""
    found: dict[UUID, list[Line]] = defaultdict(list)
    for some in chunks(assets):
        edges = session.scalars(select(Edge).where(col(Edge.target_asset_pk).in_(some))).all()
        evidence = evidence_lines(session, [edge.pk for edge in edges], at)
        shown = [edge for edge in edges if edge.pk in evidence]
        names = asset_names(session, {edge.source_asset_pk for edge in shown})
        ends = {pk for edge in shown for pk in (edge.source_column_pk, edge.target_column_pk) if pk}
        keys = column_keys(session, ends)
        for edge in shown:
            proofs = evidence[edge.pk]
            line = {
                "from": [
                    *names[edge.source_asset_pk],
                    keys[edge.source_column_pk] if edge.source_column_pk else None,
                ],
                "to": keys[edge.target_column_pk] if edge.target_column_pk else None,
                "kind": edge.kind,
                "subtype": edge.subtype,
                "masking": edge.masking,
                "confidence": confidence([(proof["origin"], bool(proof["note"])) for proof in proofs]),
                "evidence": proofs,
            }
            found[edge.target_asset_pk].append(line)
    for lines in found.values():
        lines.sort(key=edge_order)
    return found


def edge_order(line: Line) -> tuple[str, ...]:
    """By what edges are sorted: names, never inner ids."""
    namespace, key, column = line["from"]
    return (line["to"] or "", namespace, key, column or "", line["kind"], line["subtype"], str(line["masking"]))


def asset_names(session: Session, pks: Collection[UUID]) -> Mapping[UUID, tuple[str, str]]:
    """Namespaces and folded names of assets."""
    query = sa_select(col(Asset.pk), col(Asset.namespace), col(Asset.name_key))
    return {
        pk: (namespace, key)
        for some in chunks(pks)
        for pk, namespace, key in session.execute(query.where(col(Asset.pk).in_(some)))
    }


def evidence_lines(session: Session, edges: Collection[UUID], at: int) -> Mapping[UUID, list[Line]]:
    """The evidence of edges: each once, though its statement may stand in several places."""
    found: dict[UUID, dict[UUID, Line]] = defaultdict(dict)
    for some in chunks(edges):
        query: Any = (
            sa_select(
                col(Evidence.pk),
                col(Evidence.edge_pk),
                col(Evidence.origin),
                col(Evidence.start),
                col(Evidence.end),
                col(Evidence.ordinal),
                col(Evidence.note),
                col(Source.name),
                col(StatementFact.text_name),
                col(StatementFact.start).label("begin"),
                col(StatementFact.line),
                col(Definition.body),
            )
            .join(Definition, col(Definition.pk) == col(Evidence.definition_pk))
            .join(Source, col(Source.pk) == col(Evidence.source_pk))
            .join(
                StatementFact,
                (col(StatementFact.definition_pk) == col(Evidence.definition_pk))
                & same_source(StatementFact, Evidence)
                & seen(StatementFact, at),
            )
            .where(col(Evidence.edge_pk).in_(some), seen(Evidence, at))
            .order_by(col(StatementFact.text_name), col(StatementFact.start))
        )
        for row in session.execute(query):
            found[row.edge_pk].setdefault(row.pk, evidence_line(row))
    return {
        edge: [line for _, line in sorted(told.items(), key=lambda each: evidence_order(each[1]))]
        for edge, told in found.items()
    }


def evidence_line(row: Row[Any]) -> Line:
    """A piece of evidence, with its words."""
    return {
        "text": row.text_name,
        "statement": row.begin,
        "start": row.start,
        "end": row.end,
        "ordinal": row.ordinal,
        "line": row.line + row.body.count("\n", 0, row.start),
        "expression": row.body[row.start : row.end],
        "origin": row.origin,
        "note": row.note,
        "source": row.name,
    }


def evidence_order(line: Line) -> tuple[Any, ...]:
    """By what evidence is sorted: where it stands."""
    return (
        line["text"],
        line["statement"],
        line["ordinal"],
        line["start"],
        line["end"],
        line["origin"],
        line["source"],
    )
