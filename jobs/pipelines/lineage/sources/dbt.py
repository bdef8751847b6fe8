"""A dbt project: its manifest.json and, if there is one, its catalog.json."""

from collections.abc import Iterator, Mapping, Sequence

from jobs.engines.dbt.artifacts import COMPILE, read_project
from jobs.engines.dbt.values import Node, NodeColumn, Project, ResourceType
from jobs.engines.files.roles import Role
from jobs.engines.lineage.dialects import fold, written
from jobs.engines.lineage.values import AnnotationKind, Column, Origin, RelationKind, Span, SqlText
from jobs.pipelines.lineage.sources.lines import told_by
from jobs.pipelines.lineage.sources.material import (
    Annotation,
    Declared,
    File,
    Material,
    Record,
)

DIALECTS: Mapping[str, str] = {
    "athena": "trino",
    "bigquery": "bigquery",
    "clickhouse": "clickhouse",
    "databricks": "databricks",
    "dremio": "ansi",
    "duckdb": "duckdb",
    "exasol": "ansi",
    "fabric": "tsql",
    "fabricspark": "spark",
    "glue": "spark",
    "greenplum": "postgres",
    "hive": "spark",
    "materialize": "postgres",
    "mysql": "mysql",
    "mysql5": "mysql",
    "mariadb": "mysql",
    "oracle": "oracle",
    "postgres": "postgres",
    "presto": "trino",
    "redshift": "redshift",
    "risingwave": "postgres",
    "singlestore": "mysql",
    "snowflake": "snowflake",
    "spark": "spark",
    "sqlite": "sqlite",
    "sqlserver": "tsql",
    "starburst": "trino",
    "starrocks": "mysql",
    "synapse": "tsql",
    "teradata": "ansi",
    "trino": "trino",
    "vertica": "postgres",
}
"""Whose SQL dbt compiles for an adapter."""

NO_CTAS = frozenset({"tsql"})  # has no CREATE TABLE AS: dbt makes its tables of a view
BACKTICKS = frozenset({"bigquery", "databricks", "mysql", "spark"})  # around names, where others write quotes
MADE_OF_SQL = frozenset({ResourceType.MODEL, ResourceType.SNAPSHOT})
NAMED = 5  # models that a warning names
Told = tuple[SqlText, Record]


def read(files: Sequence[File], dialect: str) -> Material:
    """What a project brings.

    A model is read as the statement that dbt makes of its compiled SQL, and is called like the file that it
    was compiled from. A test is an asset that reads what it tests; an exposure is one that depends on models.

    Args:
        files: The manifest, and perhaps the catalog.
        dialect: Whose SQL it is, for adapters that nobody knows.

    Raises:
        BadCatalog: They are not what dbt writes, or hold no compiled SQL.
    """
    by_role = {file.role: (file.name, file.path) for file in files}
    project = read_project(by_role[Role.DBT_MANIFEST], by_role.get(Role.DBT_CATALOG))
    return of_project(project, by_role[Role.DBT_MANIFEST][0], DIALECTS.get(project.adapter, dialect))


def of_project(project: Project, manifest: str, dialect: str) -> Material:
    """What the nodes of a project bring, in this dialect."""
    nodes = {node.id: node for node in project.nodes}
    names = {node.id: name_of(node, dialect) for node in project.nodes}
    texts = {node.id: told for node, told in _texts(project, names, dialect)}
    pairs = sorted(
        {
            (names[needed], names[node.id])
            for node in project.nodes
            if not node.ephemeral
            for needed in _needs(node, nodes)
        }
    )
    record, dependencies = told_by(manifest, pairs, Origin.DECLARED)
    asked = [node for node in project.nodes if not node.ephemeral]
    return Material(
        texts=tuple(text for text, _ in texts.values()),
        records=(record,),
        relations=tuple(_declared(node, names[node.id], texts.get(node.id), dialect) for node in asked),
        dependencies=dependencies,
        annotations=tuple(each for node in asked for each in _annotations(node, names[node.id], dialect)),
        warnings=tuple(_warnings(project, manifest, dialect)),
        dialect=dialect,
    )


def name_of(node: Node, dialect: str) -> str:
    """A node's name as SQL writes it: the warehouse's, or its id for what is no relation there."""
    if node.relation is not None:
        return node.relation
    name = written(*node.id.replace("`", "").replace('"', "").split("."), always=True)
    return name.replace('"', "`") if dialect in BACKTICKS else name


def _needs(node: Node, nodes: Mapping[str, Node]) -> Iterator[str]:
    """Yield the ids of what a node needs; an ephemeral model is no relation, so what it needs stands for it."""
    stack, met = list(node.needs), set[str]()
    while stack:
        needed = nodes.get(stack.pop())
        if needed is None or needed.id in met:
            continue
        met.add(needed.id)
        if needed.ephemeral:
            stack += needed.needs
        elif needed.id != node.id:
            yield needed.id


def _texts(project: Project, names: Mapping[str, str], dialect: str) -> Iterator[tuple[Node, Told]]:
    """Yield the statements of nodes that have SQL, each with where its own SQL stands in the statement.

    What dbt puts around the SQL stands on its first and behind its last line: lines are those of the file.
    """
    taken = set[str]()
    for node in project.nodes:
        if not node.sql or not node.sql.strip() or node.ephemeral:
            continue
        before, after = around(node, names[node.id], dialect)
        called = (
            node.path
            if node.path and node.path not in taken and node.type is not ResourceType.TEST
            else node.id
        )
        taken.add(called)
        sql = node.sql.rstrip().removesuffix(";")
        text = SqlText(called, f"{before}{sql}{after}")
        record = Record(called, Span(len(before), len(before) + len(sql), 1, len(before) + 1))
        yield node, (text, record)


def around(node: Node, name: str, dialect: str) -> tuple[str, str]:
    """What dbt's statement has before and behind the SQL of a node."""
    is_table = not node.is_view and node.type is not ResourceType.TEST and dialect not in NO_CTAS
    create = f"CREATE {'TABLE' if is_table else 'VIEW'} {name} AS "
    own = node.snapshot
    if own is None:
        return create, ""
    named = own.columns or {}
    updated = own.updated_at or "CURRENT_TIMESTAMP"
    identity = [*own.unique_key, updated]
    made = {
        "dbt_scd_id": f"MD5(CONCAT({', '.join(identity)}))",
        "dbt_updated_at": updated,
        "dbt_valid_from": updated,
        "dbt_valid_to": f"NULLIF({updated}, {updated})",
    }
    outputs = ", ".join(f"{sql} AS {named.get(column, column)}" for column, sql in made.items())
    return f"{create}SELECT sbq.*, {outputs} FROM (", "\n) sbq"


def _declared(node: Node, name: str, told: Told | None, dialect: str) -> Declared:
    of_warehouse = tuple(column for column in node.columns if column.in_warehouse)
    return Declared(
        name=name,
        kind=_kind(node),
        columns=tuple(_column(column, dialect) for column in of_warehouse or node.columns),
        columns_complete=bool(of_warehouse),
        description=node.description,
        definition=told[1] if told is not None else None,
        explained=told is not None or node.type not in MADE_OF_SQL,
    )


def _kind(node: Node) -> RelationKind:
    if node.type is ResourceType.EXPOSURE:
        return RelationKind.EXPOSURE
    if node.type in {ResourceType.TEST, ResourceType.UNIT_TEST}:
        return RelationKind.TEST
    return RelationKind.VIEW if node.is_view else RelationKind.TABLE


def key_of(column: NodeColumn, dialect: str) -> str:
    """A column's folded name: the warehouse's own spelling is exact, a project's is as SQL without quotes."""
    return fold(column.name, dialect, quoted=column.in_warehouse or column.quoted)


def _column(column: NodeColumn, dialect: str) -> Column:
    return Column(column.name, column.data_type, key_of(column, dialect))


def _annotations(node: Node, name: str, dialect: str) -> Iterator[Annotation]:
    """Yield who owns a node, its tags, and what the project says of its columns."""
    yield from (Annotation(name, AnnotationKind.OWNER, owner) for owner in node.owners)
    yield from (Annotation(name, AnnotationKind.TAG, tag) for tag in node.tags)
    for column in node.columns:
        key = key_of(column, dialect)
        yield from (Annotation(name, AnnotationKind.TAG, tag, key) for tag in column.tags)
        if column.description:
            yield Annotation(name, AnnotationKind.DESCRIPTION, column.description, key)


def _warnings(project: Project, manifest: str, dialect: str) -> Iterator[str]:
    if project.adapter not in DIALECTS:
        shown = project.adapter or "none"
        yield f"{manifest}: the adapter {shown} is not known; its SQL was read as {dialect}, as the run says."
    models = [node for node in project.nodes if node.type in MADE_OF_SQL and not node.ephemeral]
    bare = [node.id for node in models if not node.sql and node.language == "sql"]
    if bare:
        yield f"{manifest}: of models without compiled SQL only the needs are known: {_named(bare)}. {COMPILE}"
    foreign = [node.id for node in models if node.language != "sql"]
    if foreign:
        yield f"{manifest}: of models that are no SQL only the needs are known: {_named(foreign)}."
    for what, count in project.left_out.items():
        yield f"{manifest}: {what.replace('_', ' ')} are not read ({count:,})."


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - NAMED:,} more" if len(ids) > NAMED else ""
    return f"{', '.join(ids[:NAMED])}{more}"
