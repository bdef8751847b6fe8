"""The Parquet files of a catalog: objects, their definitions and columns, what they need, and what ran."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence

from jobs.engines.files.roles import Role
from jobs.engines.lineage.dialects import fold, fold_table, name_parts, written
from jobs.engines.lineage.values import Column, Origin, RelationKind, Span, SqlText
from jobs.engines.metadata.contract import ObjectType
from jobs.engines.metadata.read import read_catalog
from jobs.engines.metadata.values import Catalog, CatalogObject, NamedFile
from jobs.pipelines.lineage.sources.material import Declared, Dependency, File, Material, Record

NAMED = 5  # pairs that a warning names
KINDS: Mapping[ObjectType, RelationKind] = {
    ObjectType.TABLE: RelationKind.TABLE,
    ObjectType.VIEW: RelationKind.VIEW,
    ObjectType.STORED_PROCEDURE: RelationKind.PROCEDURE,
    ObjectType.FUNCTION: RelationKind.FUNCTION,
}


def read(files: Sequence[File], dialect: str) -> Material:
    """What the files of a catalog bring: a function for a child process.

    A definition is a text called like its object (`dbo.vOrders`). Each row of dependencies is a line of a
    record that is called like its file. A statement of the log is called by its digest, so that every run that
    meets it calls it the same.

    Raises:
        BadCatalog: They break the contract: all problems are listed.
    """
    catalog = read_catalog({file.role: NamedFile(file.name, file.path) for file in files})
    names = {file.role: file.name for file in files}
    record, dependencies = _dependencies(catalog, names[Role.DEPENDENCIES], dialect)
    return Material(
        texts=tuple(
            SqlText(_shown(each), each.definition)
            for each in catalog.objects
            if each.definition is not None and each.definition.strip()
        ),
        logs=tuple(SqlText(f"query_logs/{_digest(sql)}", sql) for sql in catalog.statements),
        records=(record,),
        relations=tuple(_declared(each, dialect) for each in catalog.objects),
        dependencies=tuple(dependencies),
        warnings=(*catalog.warnings, *_taken_for_one(catalog, names[Role.OBJECTS], dialect)),
    )


def _shown(of: CatalogObject) -> str:
    return f"{of.schema}.{of.name}"


def _digest(sql: str) -> str:
    return hashlib.blake2b(sql.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def _declared(of: CatalogObject, dialect: str) -> Declared:
    definition = None
    if of.definition is not None and of.definition.strip():
        definition = Record(_shown(of), Span(0, len(of.definition), 1, 1))
    return Declared(
        name=name_of(of, dialect),
        kind=KINDS[of.kind],
        columns=tuple(
            Column(name, data_type, fold(name, dialect, quoted=True)) for name, data_type in of.columns
        ),
        columns_complete=bool(of.columns),
        definition=definition,
        explained=definition is not None or of.kind is ObjectType.TABLE,
    )


def name_of(of: CatalogObject, dialect: str) -> str:
    """An object's name as SQL writes it: quoted where the dialect would fold it to another one."""
    parts = (of.schema, of.name)
    same = all(
        fold_table(part, dialect, quoted=False) == fold_table(part, dialect, quoted=True) for part in parts
    )
    return written(*parts) if same else ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def _taken_for_one(catalog: Catalog, file: str, dialect: str) -> Iterator[str]:
    """Warn of objects whose names differ only in what the dialect passes over: nothing else would tell."""
    first: dict[tuple[str, ...], str] = {}
    pairs = []
    for each in catalog.objects:
        key, name = tuple(name_parts(name_of(each, dialect), dialect)), _shown(each)
        if first.setdefault(key, name) != name:
            pairs.append(f"{first[key]} and {name}")
    if pairs:
        more = f" and {len(pairs) - NAMED:,} more" if len(pairs) > NAMED else ""
        named = "; ".join(pairs[:NAMED])
        yield f"{file}: names that are one in {dialect}, taken for one object: {named}{more}."


def _dependencies(catalog: Catalog, file: str, dialect: str) -> tuple[SqlText, list[Dependency]]:
    """A record of a line for each row, and the dependencies between objects that are there."""
    names = [name_of(each, dialect) for each in catalog.objects]
    lines: list[str] = []
    found: list[Dependency] = []
    at = 0
    for row, need in enumerate(catalog.needs, start=1):
        line = " depends on ".join(need.shown)
        if need.dependent is not None and need.needed is not None:
            record = Record(file, Span(at, at + len(line), row, 1))
            found.append(Dependency(names[need.needed], names[need.dependent], Origin.DECLARED, record))
        lines.append(line)
        at += len(line) + 1
    return SqlText(file, "\n".join(lines)), found
