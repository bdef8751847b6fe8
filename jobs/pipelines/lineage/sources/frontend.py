"""Lineage as the JSON of front ends: what an export gave comes back as it was."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from jobs.engines.lineage.dialects import name_parts, written
from jobs.engines.lineage.frontend import ObjectType
from jobs.engines.lineage.imported import Breach, Breaches, Element, parse
from jobs.engines.lineage.values import Origin, RelationKind, Span, SqlText
from jobs.pipelines.lineage.sources.lines import told_by
from jobs.pipelines.lineage.sources.material import Declared, File, Material, Record

KINDS: Mapping[ObjectType, RelationKind] = {
    ObjectType.TABLE: RelationKind.TABLE,
    ObjectType.VIEW: RelationKind.VIEW,
    ObjectType.PROCEDURE: RelationKind.PROCEDURE,
    ObjectType.FUNCTION: RelationKind.FUNCTION,
}


def read(files: Sequence[File], dialect: str) -> Material:
    """What the nodes of one file bring: relations without columns, and which needs which.

    Nothing is parsed: a node's DDL is kept as its definition, its dependencies are those that the file tells.
    A name is folded as the dialect does without quotes; nodes that would become one then are taken as quoted.

    Raises:
        BadCatalog: The file breaks the contract; see `imported.Breach`.
    """
    (file,) = files
    content = file.path.read_bytes()
    elements, extra = parse(content, file.name)
    names = names_of(elements, dialect, file.name)
    definitions = {each.id: SqlText(f"{file.name}: {each.id}", each.ddl) for each in elements if each.ddl}
    pairs = sorted(
        {
            (names[source], names[target])
            for each in elements
            for source, target in _pairs(each)
            if source != target
        }
    )
    record, dependencies = told_by(file.name, pairs, Origin.IMPORTED)
    unknown = f"{file.name}: nothing is known of the fields {', '.join(sorted(extra))}; they are left out."
    return Material(
        records=(record, *definitions.values()),
        relations=tuple(_declared(each, names[each.id], definitions.get(each.id)) for each in elements),
        dependencies=dependencies,
        warnings=(unknown,) if extra else (),
    )


def names_of(elements: Sequence[Element], dialect: str, file: str) -> Mapping[str, str]:
    """Each node's name as SQL writes it, by id.

    Raises:
        BadCatalog: Two are the same relation.
    """
    plain = {each.id: _spelled(each, always=False) for each in elements}
    shared = Counter(_key(name, dialect) for name in plain.values())
    names = {
        each.id: _spelled(each, always=True) if shared[_key(plain[each.id], dialect)] > 1 else plain[each.id]
        for each in elements
    }
    breaches, first = Breaches(file), dict[str, str]()
    for place, each in enumerate(elements):
        path, key = f"[{place}].name", _key(names[each.id], dialect)
        if first.setdefault(key, path) != path:
            breaches.note(Breach.DUPLICATE_NAME, "name", path, f"{each.name}, as {first[key]}")
    breaches.check()
    return names


def _spelled(of: Element, *, always: bool) -> str:
    schema = of.schema.split(".") if of.schema else []
    return written(*schema, of.name, always=always)


def _key(name: str, dialect: str) -> str:
    return ".".join(name_parts(name, dialect))


def _pairs(of: Element) -> Iterator[tuple[str, str]]:
    """Source and target by id, for all that a node says of itself."""
    yield from ((source, of.id) for source in of.inputs)
    yield from ((of.id, target) for target in of.outputs)


def _declared(of: Element, name: str, definition: SqlText | None) -> Declared:
    record = Record(definition.name, Span(0, len(definition.sql), 1, 1)) if definition else None
    return Declared(
        name=name,
        kind=KINDS[of.object_type],
        description=of.description,
        definition=record,
        explained=of.explained,
    )
