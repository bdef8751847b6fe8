"""The rows of a lineage run: what its source asserts from now on."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlmodel import SQLModel

from db.aliases import Alias, named_here
from db.assertions import Change, Row, difference, ensure_source, write_changes
from db.filters import folded_value
from db.lineage import (
    Annotation,
    Assertion,
    Asset,
    AssetColumn,
    AssetFact,
    ColumnFact,
    Definition,
    Edge,
    Evidence,
    Gap,
    StatementFact,
    identity,
)
from db.revisions import commit_revision, release_revision
from db.session import Session
from jobs.engines.lineage.values import Column, End, Lineage, Relation, RelationKind, SqlText
from jobs.engines.lineage.values import Edge as FoundEdge
from jobs.pipelines.lineage.compose import Words
from jobs.pipelines.lineage.sources.material import Said
from jobs.pipelines.lineage.spill import Rows
from jobs.pipelines.lineage.values import LineageResult

Asserted = Mapping[type[Assertion], Mapping[UUID, UUID]]
"""What a source asserts at present: for each table, fact → id of the row."""


Held = Rows[tuple[type[Assertion], UUID, UUID]]
"""What a source asserts at present, in a file: table, fact, id of the row."""

Logged = Rows[tuple[type[Assertion], UUID, UUID, bool]]
"""The same of the source of a query log, and whether it was asserted so long ago that it may end."""

Changes = Rows[Change]
"""Rows to write, in a file."""


@dataclass(slots=True)
class Claims:
    """What a source asserts: for each table fact → row, and the identity rows that they refer to."""

    facts: dict[type[Assertion], dict[UUID, Row]] = field(default_factory=dict)
    identities: dict[type[SQLModel], dict[UUID, Row]] = field(default_factory=dict)
    ends: dict[End, tuple[UUID, UUID | None]] = field(default_factory=dict)

    def claim(self, table: type[Assertion], fact: UUID, row: Row) -> None:
        self.facts.setdefault(table, {}).setdefault(fact, row)

    def end(self, teller: "Teller", end: End) -> tuple[UUID, UUID | None]:
        """The ids of an end's asset and column: digests, which are made once though many edges share an end."""
        pks = self.ends.get(end)
        if pks is None:
            pks = self.ends[end] = (teller.asset(end.relation), teller.column(end))
        return pks

    def name(self, table: type[SQLModel], pk: UUID, row: Row) -> UUID:
        self.identities.setdefault(table, {}).setdefault(pk, {"pk": pk, **row})
        return pk


@dataclass(frozen=True, slots=True)
class Teller:
    """Who asserts, and where."""

    workspace: str
    namespace: str
    source_pk: UUID
    revision: int
    addresses: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # of relations in other namespaces
    aliases: Sequence[Alias] = ()

    def address(self, key: str, name: str = "") -> tuple[str, str, str]:
        """The namespace, the key and the name of a relation: those that stand for what its source calls it."""
        return named_here(self.aliases, *(self.addresses.get(key) or (self.namespace, key)), name)

    def asset(self, key: str) -> UUID:
        return identity("asset", self.workspace, *self.address(key)[:2])

    def column(self, end: End) -> UUID | None:
        if end.column is None:
            return None
        return identity("column", self.asset(end.relation).hex, end.column)

    def born(self, **more: object) -> Row:
        return {"workspace": self.workspace, "born": self.revision, **more}

    def said(self, **more: object) -> Row:
        return {"workspace": self.workspace, "source_pk": self.source_pk, **more}


def source_pk_of(workspace: str, source: str) -> UUID:
    return identity("source", workspace, source)


@dataclass(frozen=True, slots=True)
class Beside:
    """What files tell beside lineage: definitions by relation, and what people say of assets and columns."""

    words: Mapping[str, Words] = field(default_factory=dict)
    said: Sequence[Said] = ()


NOTHING = Beside()


def claims_of(teller: Teller, texts: Sequence[SqlText], lineage: Lineage, beside: Beside = NOTHING) -> Claims:
    """Everything that a source asserts once it has been read like this."""
    claims = Claims()
    bodies = {text.name: text.sql for text in texts}
    definitions = _statements(claims, teller, bodies, lineage)
    _relations(Asserter(claims, teller, definitions, beside.words), lineage)
    for edge in lineage.edges:
        _edge(claims, teller, edge, definitions, lineage)
    for gap in lineage.unresolved:
        words = {
            "text_name": gap.text,
            "reason": gap.reason.value,
            "message": gap.message,
            "remedy": gap.remedy,
        }
        span = gap.span
        place = {"start": span.start, "end": span.end, "line": span.line, "position": span.column}
        fact = identity("gap", teller.source_pk.hex, *words.values(), *map(str, place.values()))
        row = teller.said(**words, **place)
        claims.claim(Gap, fact, row)
    for word in beside.said:
        _annotation(claims, teller, word)
    return claims


def _statements(claims: Claims, teller: Teller, bodies: dict[str, str], lineage: Lineage) -> list[UUID]:
    """Assert where each statement stands; the ids of their texts, in order."""
    definitions: list[UUID] = []
    for statement in lineage.statements:
        span = statement.span
        body = bodies[statement.text][span.start : span.end]
        pk = claims.name(Definition, identity("definition", teller.workspace, body), teller.born(body=body))
        place = (statement.text, str(span.start), str(span.line))
        fact = identity("statement", teller.source_pk.hex, pk.hex, *place, statement.verb)
        row = teller.said(
            definition_pk=pk,
            text_name=statement.text,
            start=span.start,
            line=span.line,
            verb=statement.verb,
        )
        claims.claim(StatementFact, fact, row)
        definitions.append(pk)
    return definitions


@dataclass(frozen=True, slots=True)
class Asserter:
    """What asserting a relation takes."""

    claims: Claims
    teller: Teller
    definitions: Sequence[UUID]
    words: Mapping[str, Words]


def _relations(to: Asserter, lineage: Lineage) -> None:
    """Assert the relations that the texts define, and of others only what is used.

    What others define completely was given to the engine whether or not the texts use it. And who merely uses
    a table knows neither which columns it has besides nor in which order: those words are the definer's.
    """
    used = {end for edge in lineage.edges for end in (edge.source, edge.target)}
    mentioned = {end.relation for end in used}
    for relation in lineage.relations:
        if relation.kind is not RelationKind.EXTERNAL or not relation.columns_complete:
            _relation(to, relation)
        elif relation.key in mentioned:
            columns = tuple(
                replace(column, data_type=None)
                for column in relation.columns
                if End(relation.key, column.key) in used
            )
            _relation(to, replace(relation, columns=columns, columns_complete=False))


def _relation(to: Asserter, relation: Relation) -> None:
    claims, teller, words = to.claims, to.teller, to.words.get(relation.key)
    namespace, key, name = teller.address(relation.key, relation.name)
    asset_row = teller.born(namespace=namespace, name_key=key, name=name)
    asset = claims.name(Asset, teller.asset(relation.key), asset_row)
    definition = to.definitions[relation.statement] if relation.statement is not None else None
    if words is not None and words.definition is not None:
        body = words.definition
        definition = claims.name(
            Definition, identity("definition", teller.workspace, body), teller.born(body=body)
        )
    explained = words is None or words.explained
    kind, complete = relation.kind.value, relation.columns_complete
    told = [kind, str(complete), definition.hex if definition else ""]
    if relation.description or not explained:
        told += [relation.description, str(explained)]
    fact = identity("asset", teller.source_pk.hex, asset.hex, *told)
    row = teller.said(
        asset_pk=asset,
        kind=kind,
        columns_complete=complete,
        definition_pk=definition,
        description=relation.description,
        explained=explained,
    )
    claims.claim(AssetFact, fact, row)
    ordered = relation.kind is not RelationKind.EXTERNAL
    for place, column in enumerate(relation.columns):
        _column(claims, teller, asset, column, ordinal=place if ordered else 0)


def _column(claims: Claims, teller: Teller, asset: UUID, column: Column, *, ordinal: int) -> None:
    row = teller.born(asset_pk=asset, name_key=column.key, name=column.name)
    pk = claims.name(AssetColumn, identity("column", asset.hex, column.key), row)
    fact = identity("column", teller.source_pk.hex, pk.hex, str(ordinal), column.data_type or "")
    said = teller.said(column_pk=pk, ordinal=ordinal, data_type=column.data_type)
    claims.claim(ColumnFact, fact, said)


def _edge(
    claims: Claims, teller: Teller, edge: FoundEdge, definitions: Sequence[UUID], lineage: Lineage
) -> None:
    source, source_column = claims.end(teller, edge.source)
    target, target_column = claims.end(teller, edge.target)
    if edge.source != edge.target and (source, source_column) == (target, target_column):
        return  # one thing by two names, which people joined: it does not flow into itself
    ends = [end.hex if end else "" for end in (source, source_column, target, target_column)]
    how = (edge.kind.value, edge.subtype.value, str(edge.masking))
    row = teller.born(
        source_asset_pk=source,
        source_column_pk=source_column,
        target_asset_pk=target,
        target_column_pk=target_column,
        kind=edge.kind.value,
        subtype=edge.subtype.value,
        masking=edge.masking,
    )
    pk = claims.name(Edge, identity("edge", teller.workspace, *ends, *how), row)
    shown: Counter[int] = Counter()
    for evidence in edge.evidence:
        ordinal = shown[evidence.statement]
        shown[evidence.statement] += 1
        begin = lineage.statements[evidence.statement].span.start
        start, end = evidence.span.start - begin, evidence.span.end - begin
        definition = definitions[evidence.statement]
        told = (definition.hex, evidence.origin.value, str(start), str(end), str(ordinal), evidence.note)
        claims.claim(
            Evidence,
            identity("evidence", teller.source_pk.hex, pk.hex, *told),
            teller.said(
                edge_pk=pk,
                origin=evidence.origin.value,
                definition_pk=definition,
                start=start,
                end=end,
                ordinal=ordinal,
                note=evidence.note,
            ),
        )


def _annotation(claims: Claims, teller: Teller, said: Said) -> None:
    asset, column = claims.end(teller, said.of)
    told = (asset.hex, column.hex if column else "", said.kind.value, said.value)
    row = teller.said(
        asset_pk=asset,
        column_pk=column,
        kind=said.kind.value,
        value=said.value,
        folded=folded_value(said.value),
        author=None,
        reason="",
    )
    claims.claim(Annotation, identity("annotation", teller.source_pk.hex, *told), row)


REFERENCES = ("definition_pk", "asset_pk", "column_pk", "edge_pk")


def with_identities(claims: Claims, changes: Iterable[Change]) -> list[Change]:
    """Put before the new assertions the identity rows that they need, and no others.

    Definitions, assets, columns, edges: each only refers to what comes before it.
    """
    every = list(changes)
    wanted = {change.row[name] for change in every if change.row for name in REFERENCES if change.row.get(name)}
    ends = ("source_asset_pk", "source_column_pk", "target_asset_pk", "target_column_pk")
    for pk, edge in claims.identities.get(Edge, {}).items():
        if pk in wanted:
            wanted |= {edge[end] for end in ends if edge[end]}
    for pk, column in claims.identities.get(AssetColumn, {}).items():
        if pk in wanted:
            wanted.add(column["asset_pk"])
    named = [
        Change(table, row)
        for table in (Definition, Asset, AssetColumn, Edge)
        for pk, row in claims.identities.get(table, {}).items()
        if pk in wanted
    ]
    return named + every


def changes_of_log(claims: Claims, logged: Logged, revision: int) -> list[Change]:
    """What to write so that a log's source asserts these too, and no longer what expired without them."""
    before: dict[type[Assertion], dict[UUID, UUID]] = {}
    expired: set[UUID] = set()
    for table, fact, pk, is_old in logged:
        before.setdefault(table, {})[fact] = pk
        if is_old:
            expired.add(pk)
    changes = [
        change
        for change in difference(before, claims.facts, revision)
        if change.closes is None or change.closes in expired
    ]
    return with_identities(claims, changes)


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows to write, in order, and what they amount to."""

    changes: tuple[Change, ...]
    added: int
    ended: int
    assets: int
    columns: int

    def with_log(self, logged: Sequence[Change]) -> "Plan":
        """The same, with what the source of a query log adds and ends."""
        ended = sum(change.row is None for change in logged)
        added = sum(change.row is not None and issubclass(change.table, Assertion) for change in logged)
        return replace(self, added=self.added + added, ended=self.ended + ended)


def plan(
    teller: Teller,
    texts: Sequence[SqlText],
    lineage: Lineage,
    before: Asserted,
    beside: Beside = NOTHING,
) -> Plan:
    """What to write so that the source asserts this lineage and nothing else.

    Pure, and heavy for large catalogs: meant for a child process.
    """
    claims = claims_of(teller, texts, lineage, beside)
    changes = list(difference(before, claims.facts, teller.revision))
    ended = sum(change.row is None for change in changes)
    return Plan(
        changes=tuple(with_identities(claims, changes)),
        added=len(changes) - ended,
        ended=ended,
        assets=len(claims.facts.get(AssetFact, {})),
        columns=len(claims.facts.get(ColumnFact, {})),
    )


def asserted_in(held: Held) -> Asserted:
    """What a source asserts at present, by table and fact."""
    found: dict[type[Assertion], dict[UUID, UUID]] = {}
    for table, fact, pk in held:
        found.setdefault(table, {})[fact] = pk
    return found


def held_assets(asserted: Asserted) -> int:
    """How many assets a source tells of at present."""
    return len(asserted.get(AssetFact, {}))


def make_source(session: Session, _rows: Sequence[None], *, workspace: str, source: str) -> None:
    ensure_source(session, workspace, source)


def write(session: Session, changes: Sequence[Change], *, revision: int) -> None:
    write_changes(session, changes, revision)


def save(session: Session, run_pk: UUID, attempt: int, result: LineageResult) -> None:
    """Show readers what was written ahead; a run that changed nothing gives its revision back."""
    if result.revision is None:
        release_revision(session, run_pk, attempt)
    else:
        commit_revision(session, run_pk, attempt)
