"""Enums of the other rooms and of quotas, which know no GraphQL, as GraphQL enums, with words for members."""

from collections.abc import Mapping
from enum import Enum

import strawberry

from db.models import RunStatus
from db.roles import Role
from db.walk import Direction, Level
from graph.quotas import LimitName, LimitScope
from jobs.engines.files.roles import Role as FileRole
from jobs.engines.lineage.classify import DataModelType
from jobs.engines.lineage.values import AnnotationKind, EdgeKind, Origin, Subtype


def describe(
    values: type[Enum], description: str, words: Mapping[str, str], *, name: str | None = None
) -> None:
    """Make a GraphQL enum of an enum: the names of its members, with words for each by that name."""
    made = strawberry.enum(values, name=name, description=description)
    for member in made.__strawberry_definition__.values:  # type: ignore[attr-defined]  # Strawberry sets it
        member.description = words.get(member.name)


describe(
    RunStatus,
    "Where a run is in its life. A terminal status (the last four) never changes.",
    {
        "QUEUED": "Accepted; waits for its turn, or for its next attempt.",
        "RUNNING": "A worker has it.",
        "COMPLETED": "Ended; did all it was asked to.",
        "COMPLETED_WITH_GAPS": "Ended; its result lists what it could not do.",
        "FAILED": "Ended; `error` says why.",
        "STOPPED": "Ended, because somebody asked it to stop.",
    },
)
describe(
    Role,
    "What somebody may do in a workspace; each includes those before it.",
    {
        "VIEWER": "Look at everything.",
        "RUNNER": "Submit, stop and retry runs, and bring files.",
        "EDITOR": "Delete runs.",
        "ADMIN": "Say who may do what, empty the workspace, and delete it.",
    },
    name="WorkspaceRole",
)
describe(
    AnnotationKind,
    "What people say of something beside what it is made of.",
    {
        "OWNER": "Who answers for it.",
        "TAG": "A word by which it is found.",
        "DESCRIPTION": "What it is.",
        "CLEAN_OF": "A tag that does not flow into it, whatever it is made of: people say so, with a reason.",
    },
)
describe(
    EdgeKind,
    "Whether a value flows along an edge, or only its influence.",
    {
        "DIRECT": "The value of the target is made of the source's.",
        "INDIRECT": "The source decides which values the target has, without being part of them.",
    },
)
describe(
    Subtype,
    "How it flows or influences: the words of OpenLineage.",
    {
        "IDENTITY": "The value is taken as it is.",
        "TRANSFORMATION": "The value is calculated from one row.",
        "AGGREGATION": "The value is calculated from many rows.",
        "JOIN": "Rows are brought together by it.",
        "FILTER": "Rows are kept or left out by it.",
        "GROUP_BY": "Rows are grouped by it.",
        "SORT": "Rows are ordered by it.",
        "WINDOW": "A window over rows is parted or ordered by it.",
        "CONDITIONAL": "It chooses between values.",
        "DEPENDENCY": "One is said to need the other, and nobody says how: not a word of OpenLineage. A walk "
        "over columns follows it only where nothing finer is known between the two.",
    },
)
describe(
    Origin,
    "How an edge came to be known.",
    {
        "DECLARED": "A database says so.",
        "STATED": "A person says so, with a reason.",
        "PARSED": "A statement says so.",
        "INFERRED": "It follows from a statement and what else is known, such as the columns behind a star.",
        "HINT": "A comment in the SQL says so.",
        "QUERY_LOG": "A query that ran says so.",
        "IMPORTED": "Another tool says so.",
        "OBSERVED": "It was seen while a run ran.",
        "SCANNED": "Only the words of the text say so: what could not be parsed names it.",
    },
)
describe(
    DataModelType,
    "What an asset is in a data model, as far as its name tells.",
    {
        "DIMENSION": "What is counted or measured by: customers, dates.",
        "FACT": "What is counted or measured.",
        "LOOKUP": "What codes stand for.",
        "OTHER": "None of these.",
    },
)
describe(
    Direction,
    "Which way to walk.",
    {"UPSTREAM": "To where values come from.", "DOWNSTREAM": "To where values go."},
)
describe(
    Level,
    "What the nodes of a walk are.",
    {"COLUMN": "Columns, and assets where no columns are known.", "ASSET": "Assets as a whole."},
)
describe(
    FileRole,
    "What a file brings, told by its content whatever its name.",
    {
        "OBJECTS": "Parquet: the tables, views, procedures and functions of a catalog, each with an id.",
        "DEFINITIONS": "Parquet: the SQL that makes each object.",
        "DEPENDENCIES": "Parquet: which object needs which, as the database says.",
        "QUERY_LOGS": "Parquet: statements that ran.",
        "TABLE_COLUMNS": "Parquet: the columns of tables, with their types.",
        "SQL": "A text of SQL.",
        "ARCHIVE": "A zip, tar or tar.gz archive.",
        "FRONTEND_JSON": "Lineage as JSON, as an export of it gives.",
        "GRAPH": "A whole graph as JSON, a line for each thing, as an export of the format JSON gives it.",
        "DBT_MANIFEST": "The manifest.json of a dbt project.",
        "DBT_CATALOG": "The catalog.json of a dbt project.",
        "OPENLINEAGE": "OpenLineage events, as JSON or one on each line.",
        "ROWS": "Rows for a table, by its name: CSV, or JSON a line.",
        "OTHER": "None of these; Parquet and JSON among them may still become tables.",
    },
    name="FileRole",
)

describe(
    LimitName,
    "What is limited.",
    {
        "REQUESTS": "Requests, operations on sockets, and sockets that are opened.",
        "COST": "What documents cost together, each as `extensions.cost` says.",
        "SOCKETS": "Sockets that are open.",
        "RUNS": "Runs that are queued or running.",
        "UPLOADS": "Uploads that are announced.",
        "WAITING_BYTES": "Bytes of uploads that were announced and have not arrived.",
        "STORAGE": "Bytes of the files of uploads and runs.",
    },
)
describe(
    LimitScope,
    "Whose use counts together.",
    {
        "PRINCIPAL": "That of whoever signed in as this one.",
        "ADDRESS": "That from one address, or from one IPv6 network of 64 bits.",
        "WORKSPACE": "That of everybody in a workspace.",
    },
)

__all__ = [
    "DataModelType",
    "Direction",
    "EdgeKind",
    "FileRole",
    "Level",
    "LimitName",
    "LimitScope",
    "Origin",
    "Role",
    "RunStatus",
    "Subtype",
    "describe",
]
