"""Read the files of a catalog and hold them to their contract. Meant for a child process: files are hostile."""

from collections.abc import Mapping

import duckdb

from jobs.engines.files.roles import Role
from jobs.engines.metadata.contract import (
    COLUMNS,
    MAX_NAME_CHARACTERS,
    MAX_STATEMENTS,
    MAX_TEXT_BYTES,
    MEMORY_BYTES,
    NEEDED,
    SECONDS,
    SPLIT,
    Breach,
    ObjectType,
)
from jobs.engines.metadata.tables import Tables, sandbox
from jobs.engines.metadata.texts import text_of
from jobs.engines.metadata.values import Catalog, CatalogObject, NamedFile, Need
from jobs.errors import BadCatalog, Problem

KINDS = {kind.value.lower(): kind for kind in ObjectType}
NAMES = {
    Role.OBJECTS: ("schema_name", "object_name"),
    Role.TABLE_COLUMNS: ("column_name",),
}
MADE_BY_SQL = (ObjectType.VIEW, ObjectType.STORED_PROCEDURE, ObjectType.FUNCTION)


def read_catalog(files: Mapping[Role, NamedFile]) -> Catalog:
    """Read the Parquet files of a catalog, by role: those of `NEEDED`, and any of the others.

    Raises:
        BadCatalog: A file breaks the contract; all problems of all files are listed.
        ValueError: A needed file is not among them.

    Cost: linear; about 1 s and 150 MB for 20,000 objects with 300,000 columns, or 0.1 s for a file that is too
    large to be taken.
    """
    missing = [role for role in NEEDED if role not in files]
    if missing:
        raise ValueError(f"there is no file of {', '.join(missing)}")
    with sandbox(files.values()) as database:
        tables = Tables(database, files)
        for role in files:
            tables.load(role)
        try:
            check(tables)
            if tables.problems:
                raise BadCatalog(tables.problems)
            return _catalog(tables)
        except (duckdb.OutOfMemoryException, duckdb.InterruptException):
            message = (
                f"takes more than the {MEMORY_BYTES:,} bytes or {SECONDS} s that reading it may take: {SPLIT}"
            )
            problem = Problem(Breach.TOO_LARGE.value, "the catalog", message)
            raise BadCatalog([*tables.problems, problem]) from None


def check(tables: Tables) -> None:
    """List all problems of rows, and warn of what is odd and does no harm."""
    for role in tables.files:
        for field in COLUMNS[role]:
            if field.needed and not field.nullable:
                tables.check(
                    Breach.NULL_VALUE, role, field.name, f'"{field.name}" IS NULL', f"without {field.name}"
                )
    for role, names in NAMES.items():
        for name in names if role in tables.files else ():
            blank, long = f"trim(\"{name}\") = ''", f'length("{name}") > {MAX_NAME_CHARACTERS}'
            tables.check(Breach.EMPTY_NAME, role, name, blank, f"with an empty {name}")
            unseen = f"regexp_matches(\"{name}\", '[\\p{{Cc}}\\p{{Zl}}\\p{{Zp}}]')"
            what = f"with a {name} of more than {MAX_NAME_CHARACTERS} characters or some that cannot be shown"
            tables.check(Breach.BAD_NAME, role, name, f"({long} OR {unseen})", what)
    _check_objects(tables)
    _check_texts(tables, Role.DEFINITIONS, "definition", "definition")
    if Role.QUERY_LOGS in tables.files:
        _check_texts(tables, Role.QUERY_LOGS, "command_text", "DISTINCT command_text")
    _check_references(tables)


def _check_objects(tables: Tables) -> None:
    if tables.has(Role.OBJECTS, "object_id") and tables.rows("SELECT count(*) FROM objects") == [(0,)]:
        tables.blame(Breach.NO_OBJECTS, Role.OBJECTS, "", "holds no objects")
    types = ", ".join(f"'{kind}'" for kind in KINDS)
    for code, name, condition, what in (
        (
            Breach.UNKNOWN_OBJECT_TYPE,
            "object_type",
            f"lower(trim(object_type)) NOT IN ({types})",
            f"with an object_type that is none of {', '.join(ObjectType)}",
        ),
        (
            Breach.DUPLICATE_OBJECT,
            "object_id",
            _repeated(Role.OBJECTS, "object_id"),
            "with an object_id that another row has too",
        ),
    ):
        tables.check(code, Role.OBJECTS, name, condition, what)
    if tables.has(Role.OBJECTS, "schema_name", "object_name"):
        same = _repeated(Role.OBJECTS, "schema_name", "object_name")
        tables.check(
            Breach.DUPLICATE_NAME,
            Role.OBJECTS,
            "object_name",
            same,
            "with a schema and name that another row has too",
        )
    same = _repeated(Role.DEFINITIONS, "object_id")
    tables.check(
        Breach.DUPLICATE_DEFINITION,
        Role.DEFINITIONS,
        "object_id",
        same,
        "with an object_id that another row has too",
    )
    if tables.has(Role.TABLE_COLUMNS, "object_id", "column_name"):
        same = _repeated(Role.TABLE_COLUMNS, "object_id", "column_name")
        what = "with a column that another row names too"
        tables.check(Breach.DUPLICATE_COLUMN, Role.TABLE_COLUMNS, "column_name", same, what)


def _repeated(role: Role, *names: str) -> str:
    """The condition for rows whose values in these columns, all filled, another row has too."""
    key = ", ".join(names)
    filled = " AND ".join(f"{name} IS NOT NULL" for name in names)
    return f"({key}) IN (SELECT ({key}) FROM {role} WHERE {filled} GROUP BY {key} HAVING count(*) > 1)"


def _check_texts(tables: Tables, role: Role, name: str, selected: str) -> None:
    """Hold all texts of a file to what a run digests."""
    if not tables.has(role, name):
        return
    ((kind, *_),) = tables.rows(f"SELECT typeof({name}) FROM {role} UNION ALL SELECT 'VARCHAR' LIMIT 1")
    size_of = "octet_length(text)" if kind == "BLOB" else "strlen(text)"
    query = f"SELECT count(text), coalesce(sum({size_of}), 0) FROM (SELECT {selected} AS text FROM {role})"
    ((count, size),) = tables.database.execute(query).fetchall()
    if size > MAX_TEXT_BYTES:
        message = f"holds {size:,} bytes of SQL; at most {MAX_TEXT_BYTES:,} are taken: {SPLIT}"
        tables.blame(Breach.TOO_LARGE, role, name, message, count)
    elif role is Role.QUERY_LOGS and count > MAX_STATEMENTS:
        message = f"holds {count:,} statements that differ; at most {MAX_STATEMENTS:,} are taken: {SPLIT}"
        tables.blame(Breach.TOO_LARGE, role, name, message, count)


def _check_references(tables: Tables) -> None:
    """Warn of rows that name objects which are not there, and of objects whose SQL is not there."""
    if not tables.has(Role.OBJECTS, "object_id", "object_type"):
        return
    known = "(SELECT object_id FROM objects WHERE object_id IS NOT NULL)"
    what = f"with ids of objects that {tables.files[Role.OBJECTS].name} does not hold"
    for role in (Role.DEFINITIONS, Role.TABLE_COLUMNS):
        if tables.has(role, "object_id"):
            tables.remark(role, f"object_id NOT IN {known}", f"{what}: passed over")
    ends = ("referencing_object_id", "referenced_object_id")
    if tables.has(Role.DEPENDENCIES, *ends):
        missing = " OR ".join(f"{end} IS NULL OR {end} NOT IN {known}" for end in ends)
        tables.remark(Role.DEPENDENCIES, missing, f"{what}: no edge comes of them")
    if tables.has(Role.DEFINITIONS, "object_id", "definition"):
        made = ", ".join(f"'{kind.value.lower()}'" for kind in MADE_BY_SQL)
        given = "SELECT object_id FROM definitions WHERE definition IS NOT NULL AND object_id IS NOT NULL"
        bare = f"lower(trim(object_type)) IN ({made}) AND object_id NOT IN ({given})"
        tables.remark(Role.OBJECTS, bare, "without a definition: nothing explains these objects")
    if tables.has(Role.QUERY_LOGS, "command_text"):
        tables.remark(Role.QUERY_LOGS, "command_text IS NULL", "without SQL")


def _catalog(tables: Tables) -> Catalog:
    definitions: dict[object, str] = {}
    interleaved = 0
    for key, given in tables.rows("SELECT object_id, definition FROM definitions WHERE definition IS NOT NULL"):
        if isinstance(given, str | bytes):
            definitions[key] = text_of(given)
            interleaved += "\0" in given if isinstance(given, str) else b"\0" in given
    if interleaved:
        which = "1 definition" if interleaved == 1 else f"{interleaved:,} definitions"
        tables.warn(Role.DEFINITIONS, f"{which} held NULs: taken for UTF-16, or for blanks where it is none")
    columns: dict[object, list[tuple[str, str]]] = {}
    if Role.TABLE_COLUMNS in tables.files:
        query = 'SELECT object_id, column_name, data_type FROM table_columns ORDER BY object_id, ordinal, "row"'
        for key, name, data_type in tables.rows(query):
            columns.setdefault(key, []).append((str(name), str(data_type)))
    objects = tuple(
        CatalogObject(
            object_id=int(str(key)),
            schema=str(schema),
            name=str(name),
            kind=KINDS[str(kind).strip().lower()],
            definition=definitions.get(key),
            columns=tuple(columns.get(key, ())),
        )
        for key, schema, name, kind in tables.rows(
            "SELECT object_id, schema_name, object_name, object_type FROM objects "
            "ORDER BY schema_name, object_name"
        )
    )
    return Catalog(objects, _needs(tables, objects), _statements(tables), tuple(tables.warnings))


def _needs(tables: Tables, objects: tuple[CatalogObject, ...]) -> tuple[Need, ...]:
    places = {each.object_id: place for place, each in enumerate(objects)}
    query = """SELECT referencing_object_id, referenced_object_id,
        referencing_schema_name, referencing_object_name, referenced_schema_name, referenced_object_name
        FROM dependencies ORDER BY "row" """
    found = []
    for dependent, needed, *names in tables.rows(query):
        ends = [places.get(int(str(end))) if end is not None else None for end in (dependent, needed)]
        called = [
            f"{objects[end].schema}.{objects[end].name}"
            if end is not None
            else _called(given, names[at : at + 2])
            for end, given, at in zip(ends, (dependent, needed), (0, 2), strict=True)
        ]
        found.append(Need(ends[0], ends[1], (called[0], called[1])))
    return tuple(found)


def _called(given: object, names: list[object]) -> str:
    """What a row calls an object that is not there."""
    parts = [" ".join(str(name).split()) for name in names if name is not None]
    return ".".join(part[:MAX_NAME_CHARACTERS] for part in parts if part) or f"object {given}"


def _statements(tables: Tables) -> tuple[str, ...]:
    if Role.QUERY_LOGS not in tables.files:
        return ()
    query = """SELECT command_text FROM query_logs WHERE command_text IS NOT NULL
        GROUP BY command_text ORDER BY min("row")"""
    texts = [text_of(given) for (given,) in tables.rows(query) if isinstance(given, str | bytes)]
    return tuple(dict.fromkeys(text for text in texts if text.strip()))
