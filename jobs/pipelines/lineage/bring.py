"""READ: what texts and files bring, laid out as files of which each is a piece of work for a child process."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jobs.engines.files.roles import CATALOG, Role
from jobs.engines.lineage.values import SqlText
from jobs.pipelines.lineage.sources.material import Annotation, Declared, Dependency, File, Imported, Material
from jobs.pipelines.lineage.spill import spill
from jobs.pipelines.lineage.values import BYTE_ORDER_MARK, Dialect, LineageParams


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some texts, as the file `texts`, and where their readings go. `logged`: they are of a query log."""

    dialect: str
    texts: Path
    logged: bool = False

    @property
    def readings(self) -> Path:
        return self.texts.with_suffix(".readings")


@dataclass(frozen=True, slots=True)
class Told:
    """What files tell beside SQL. Spilled: it is as large as the catalog."""

    records: tuple[SqlText, ...] = ()
    relations: tuple[Declared, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    annotations: tuple[Annotation, ...] = ()
    imported: Imported | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """What a run has to read: whose SQL, in pieces of work, a spilled `Told`, and what is odd in the files."""

    dialect: str
    chunks: tuple[Chunk, ...]
    told: Path
    warnings: tuple[str, ...] = ()
    is_catalog: bool = False  # of Parquet files
    only_texts: bool = False  # `told` holds nothing


def lay_out(params: LineageParams, folder: Path, characters: int) -> Brought:
    """Lay out the texts of params."""
    texts = tuple(SqlText(text.name, text.sql.removeprefix(BYTE_ORDER_MARK)) for text in params.texts)
    return _spread(Material(texts=texts), params.dialect.value, folder, characters)


def lay_out_files(files: Sequence[File], dialect: str, folder: Path, characters: int) -> Brought:
    """Lay out what files bring: for a child process, because they are hostile.

    Raises:
        BadCatalog: They are not what they should be.
    """
    brought = _spread(material_of(files, dialect), dialect, folder, characters)
    return replace(brought, is_catalog=all(file.role in CATALOG for file in files))


def default_schema_of(given: str, brought: Brought) -> str:
    """The schema of bare names: as given, or for a catalog of SQL Server the one it has itself."""
    return given or ("dbo" if brought.is_catalog and brought.dialect == Dialect.TSQL.value else "")


def material_of(files: Sequence[File], dialect: str) -> Material:
    """What files bring. Their readers are imported where they are needed: some are heavy.

    Raises:
        BadCatalog: They are not what they should be.
    """
    roles = {file.role for file in files}
    if roles <= set(CATALOG):
        from jobs.pipelines.lineage.sources import parquet  # noqa: PLC0415 - see above

        return parquet.read(files, dialect)
    if Role.FRONTEND_JSON in roles:
        from jobs.pipelines.lineage.sources import frontend  # noqa: PLC0415 - see above

        return frontend.read(files, dialect)
    if Role.DBT_MANIFEST in roles:
        from jobs.pipelines.lineage.sources import dbt  # noqa: PLC0415 - see above

        return dbt.read(files, dialect)
    if Role.OPENLINEAGE in roles:
        from jobs.pipelines.lineage.sources import openlineage  # noqa: PLC0415 - see above

        return openlineage.read(files)
    if Role.GRAPH in roles:
        from jobs.pipelines.lineage.sources import graph  # noqa: PLC0415 - see above

        return graph.read(files)
    from jobs.pipelines.lineage.sources import archives  # noqa: PLC0415 - see above

    return archives.read(files)


def _spread(material: Material, dialect: str, folder: Path, characters: int) -> Brought:
    """Write texts in groups of so many characters, and all else as one file."""
    dialect = material.dialect or dialect
    chunks = [
        Chunk(dialect, spill(folder / f"{place}.texts", group))
        for place, group in enumerate(chunked(material.texts, characters))
    ]
    if material.logs:
        chunks += [
            Chunk(dialect, spill(folder / f"log-{place}.texts", group), logged=True)
            for place, group in enumerate(chunked(material.logs, characters))
        ]
    told = Told(
        material.records,
        material.relations,
        material.dependencies,
        material.annotations,
        material.imported,
    )
    spilled = spill(folder / "told", told)
    return Brought(dialect, tuple(chunks), spilled, material.warnings, only_texts=told == Told())


def chunked(texts: Iterable[SqlText], characters: int) -> Iterator[tuple[SqlText, ...]]:
    """Texts in groups of about so many characters; a longer one is alone."""
    group: list[SqlText] = []
    size = 0
    for text in texts:
        if group and size + len(text.sql) > characters:
            yield tuple(group)
            group, size = [], 0
        group.append(text)
        size += len(text.sql)
    yield tuple(group)
