"""Put together what SQL says and what files tell: pure functions from lineage to lineage."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from jobs.engines.lineage.catalog import Catalog
from jobs.engines.lineage.dialects import bare_name, name_parts
from jobs.engines.lineage.shapes import Name, Reading
from jobs.engines.lineage.values import (
    Column,
    Edge,
    EdgeKind,
    End,
    Evidence,
    KnownColumns,
    Lineage,
    Origin,
    Relation,
    RelationKind,
    SqlText,
    Statement,
    Subtype,
    Unresolved,
)
from jobs.pipelines.lineage.bring import Told
from jobs.pipelines.lineage.sources.material import Declared, Dependency, Said
from jobs.pipelines.lineage.values import LineageDisagreement, Witness

DEPENDS = "DEPENDS"  # the verb of a line of a record
NAMED = 5  # columns that a warning names
NO_SQL = frozenset({RelationKind.EXPOSURE, RelationKind.TEST})  # that may have none, and lack nothing
EXCERPT = 80  # characters of a log's statement in the message of its gap


@dataclass(frozen=True, slots=True)
class Words:
    """The definition of a relation as its file gives it, and whether all of it was explained."""

    definition: str | None
    explained: bool


class Keys:
    """The keys of relations by their names as SQL writes them, as the engine makes them."""

    def __init__(self, dialect: str, default_schema: str) -> None:
        self._catalog, self._dialect = Catalog({}, default_schema, dialect), dialect

    def of(self, name: str) -> str:
        """Return the key of a name as SQL writes it."""
        return self.named(Name(tuple(name_parts(name, self._dialect)), name))

    def named(self, name: Name) -> str:
        """Return the key of a name that was read."""
        return self._catalog.key(name)


def known_of(told: Told, others: KnownColumns, keys: Keys) -> KnownColumns:
    """Return the columns of relations that need no SQL: those that files tell, and others that they do not."""
    complete = {each.name: each.columns for each in told.relations if each.columns_complete}
    told_keys = {keys.of(name) for name in complete}
    return {name: columns for name, columns in others.items() if keys.of(name) not in told_keys} | complete


def with_told(lineage: Lineage, told: Told, keys: Keys) -> Lineage:
    """Return lineage with the relations that files tell of, and an edge for each dependency."""
    relations = {relation.key: relation for relation in lineage.relations}
    for declared in told.relations:
        key = keys.of(declared.name)
        relations[key] = _joined(relations.get(key), declared, key)
    statements = list(lineage.statements)
    edges = list(lineage.edges)
    for (source, target), proofs in _by_ends(told.dependencies, keys).items():
        evidence = []
        for proof in proofs:
            evidence.append(Evidence(len(statements), proof.record.span, proof.origin))
            statements.append(Statement(proof.record.text, proof.record.span, DEPENDS))
        ends = End(source), End(target)
        edges.append(Edge(*ends, EdgeKind.INDIRECT, Subtype.DEPENDENCY, False, tuple(evidence)))
        for key, name in ((source, proofs[0].source), (target, proofs[0].target)):
            relations.setdefault(key, Relation(key, bare_name(name), RelationKind.EXTERNAL))
    return replace(
        lineage,
        statements=tuple(statements),
        relations=tuple(relations[key] for key in sorted(relations)),
        edges=tuple(edges),
    )


def with_imported(lineage: Lineage, told: Told) -> Lineage:
    """Return lineage with what files tell as lineage: its statements stand behind those that were read."""
    if told.imported is None:
        return lineage
    other, by = told.imported.lineage, len(lineage.statements)
    edges = [
        edge._replace(evidence=tuple(each._replace(statement=each.statement + by) for each in edge.evidence))
        for edge in other.edges
    ]
    return Lineage(
        (*lineage.statements, *other.statements),
        (*lineage.relations, *other.relations),
        (*lineage.edges, *edges),
        (*lineage.unresolved, *other.unresolved),
        lineage.explained + other.explained,
    )


def _by_ends(dependencies: Iterable[Dependency], keys: Keys) -> dict[tuple[str, str], list[Dependency]]:
    """Dependencies by the keys of their ends; what needs itself is left out."""
    key_of = {name: keys.of(name) for each in dependencies for name in (each.source, each.target)}
    found: dict[tuple[str, str], list[Dependency]] = {}
    for each in dependencies:
        ends = key_of[each.source], key_of[each.target]
        if ends[0] != ends[1]:
            found.setdefault(ends, []).append(each)
    return found


def _joined(found: Relation | None, declared: Declared, key: str) -> Relation:
    """Return a relation as its file tells of it; what SQL defines of its columns counts more."""
    columns = tuple({each.key or each.name: each for each in reversed(declared.columns)}.values())[::-1]
    complete = declared.columns_complete
    statement = None
    if found is not None:
        statement = found.statement
        if (statement is not None and found.columns_complete) or not columns:
            types = {each.key: each.data_type for each in columns}
            columns = tuple(_typed(each, types) for each in found.columns)
            complete = found.columns_complete
    return Relation(
        key=key,
        name=bare_name(declared.name),
        kind=declared.kind,
        columns=columns,
        columns_complete=complete,
        statement=statement,
        description=declared.description,
    )


def _typed(column: Column, types: Mapping[str, str | None]) -> Column:
    return replace(column, data_type=column.data_type or types.get(column.key))


def words_of(lineage: Lineage, told: Told, texts: Sequence[SqlText], keys: Keys) -> dict[str, Words]:
    """Return by key the definitions that files give, and which relations are explained.

    A relation that files tell of is explained if nothing of its text is listed as a gap; one that only SQL
    defines, if no gap lies within the statement that does.
    """
    bodies = {text.name: text.sql for text in (*told.records, *texts)}
    with_gaps = {gap.text for gap in lineage.unresolved}
    gaps: dict[str, list[Unresolved]] = {}
    for gap in lineage.unresolved:
        gaps.setdefault(gap.text, []).append(gap)
    found: dict[str, Words] = {}
    for relation in lineage.relations:
        if relation.statement is not None:
            statement = lineage.statements[relation.statement]
            inside = any(_within(gap, statement) for gap in gaps.get(statement.text, ()))
            found[relation.key] = Words(None, not inside)
    for declared in told.relations:
        record, key = declared.definition, keys.of(declared.name)
        earlier = found.get(key, Words(None, explained=True))
        explained = declared.explained and earlier.explained
        if record is None:
            found[key] = Words(None, explained)
        else:
            body = bodies[record.text][record.span.start : record.span.end]
            found[key] = Words(body, explained and record.text not in with_gaps)
    return found


def said_of(lineage: Lineage, told: Told, keys: Keys) -> tuple[list[Said], tuple[str, ...]]:
    """Return what people say of a lineage's relations, and a warning of documented columns that nothing has."""
    columns = {relation.key: {column.key for column in relation.columns} for relation in lineage.relations}
    imported = told.imported.said if told.imported is not None else ()
    found: dict[Said, None] = dict.fromkeys(imported)
    missing: dict[str, None] = {}
    for each in told.annotations:
        key = keys.of(each.relation)
        if key not in columns:
            continue  # its schema is excluded
        if each.column is not None and each.column not in columns[key]:
            missing[f"{bare_name(each.relation)}.{each.column}"] = None
        else:
            found[Said(End(key, each.column), each.kind, each.value)] = None
    if not missing:
        return list(found), ()
    more = f" and {len(missing) - NAMED:,} more" if len(missing) > NAMED else ""
    named = ", ".join(list(missing)[:NAMED])
    return list(found), (f"Documented columns that neither the SQL nor the warehouse has: {named}{more}.",)


def _within(gap: Unresolved, statement: Statement) -> bool:
    return statement.span.start <= gap.span.start < max(statement.span.end, statement.span.start + 1)


def schema_of(key: str) -> str:
    """Return the schema of a relation by its key, in small letters; empty if it has none."""
    return key.split(".")[-2].lower() if "." in key else ""


def without_schemas(lineage: Lineage, excluded: Collection[str]) -> tuple[Lineage, tuple[str, ...]]:
    """Return lineage without the relations of these schemas (in small letters), and a warning if any were."""
    gone = {each.key for each in lineage.relations if schema_of(each.key) in excluded}
    if not gone:
        return lineage, ()
    edges = [
        each for each in lineage.edges if each.source.relation not in gone and each.target.relation not in gone
    ]
    counts: dict[str, int] = {}
    for key in sorted(gone):
        counts[schema_of(key)] = counts.get(schema_of(key), 0) + 1
    shown = ", ".join(f"{schema}: {count:,}" for schema, count in counts.items())
    relations = tuple(each for each in lineage.relations if each.key not in gone)
    words = f"Left out, because their schemas are excluded: {len(gone):,} relations ({shown}), and their edges."
    return replace(lineage, relations=relations, edges=tuple(edges)), (words,)


def disagreements(told: Told, readings: Iterable[Reading], keys: Keys) -> Iterator[LineageDisagreement]:
    """Yield the pairs of a catalog's objects of which only one of the database and the SQL tells, in order.

    What an object's SQL says it needs are the relations that its text reads or writes, as far as it was read.
    What never has SQL, such as a dashboard, cannot disagree; an object whose SQL is kept from us can.
    """
    names = {keys.of(each.name): bare_name(each.name) for each in told.relations}
    texts = {each.definition.text: keys.of(each.name) for each in told.relations if each.definition}
    silent = {keys.of(each.name) for each in told.relations if each.kind in NO_SQL} - set(texts.values())
    declared = {
        (keys.of(each.target), keys.of(each.source))
        for each in told.dependencies
        if each.origin is Origin.DECLARED and keys.of(each.target) not in silent
    }
    parsed = {
        (texts[reading.text], needed)
        for reading in readings
        if reading.text in texts
        for part in reading.parts
        for needed in map(keys.named, (*part.reads, *(write.target for write in part.writes)))
        if needed in names
    }
    for pair in sorted(declared ^ parsed):
        if pair[0] != pair[1] and pair[0] in names and pair[1] in names:
            witness = Witness.DECLARED if pair in declared else Witness.PARSED
            yield LineageDisagreement(names[pair[0]], names[pair[1]], witness)


def known_after(lineage: Lineage) -> dict[str, tuple[Column, ...]]:
    """Return the columns of all relations that are known completely, by names that fold to their keys."""
    return {
        ".".join('"' + part.replace('"', '""') + '"' for part in each.key.split(".")): each.columns
        for each in lineage.relations
        if each.columns_complete
    }


def as_logged(lineage: Lineage, logs: Sequence[SqlText]) -> Lineage:
    """Return the lineage of statements that ran: with their origin, and gaps that show which they are."""
    sql = {text.name: " ".join(text.sql[:400].split()) for text in logs}
    edges = tuple(
        edge._replace(evidence=tuple(each._replace(origin=Origin.QUERY_LOG) for each in edge.evidence))
        for edge in lineage.edges
    )
    gaps = tuple(
        replace(gap, message=f"{gap.message}, in the logged statement {_excerpt(sql[gap.text])}")
        for gap in lineage.unresolved
    )
    return replace(lineage, edges=edges, unresolved=gaps)


def _excerpt(sql: str) -> str:
    return f"«{sql if len(sql) <= EXCERPT else sql[: EXCERPT - 1] + '…'}»"
