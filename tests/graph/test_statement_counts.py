"""Every list costs as many statements for a hundred items as for one, whatever is asked of each item."""

import asyncio
from dataclasses import dataclass
from itertools import starmap
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLWrappingType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    is_introspection_type,
    is_list_type,
    parse,
    validate,
    visit,
)

from graph.schema import schema
from tests.graph.api import Api, recording
from tests.graph.world import worlds

SIZES = (1, 10, 100)
ASSET = """id namespace name schema kind columnsComplete description explained definition dataModelType
  ddl { sql generated } sources { name } owners tags annotations { value source }
  facets { name value }
  columns { id name ordinal dataType description tags annotations { value } asset { name } }"""
RUN = """id workspace runId input kind status createdBy progress { percent stage } finishReason labels
  artifacts { name size url } queuePosition estimatedStart events { __typename seq }
  error { code problems { code rows } }"""
RESULT = "result { kind ... on LineageResult { gaps { reason } warnings disagreements { dependent } } }"


@dataclass(frozen=True, slots=True)
class Case:
    """A document that asks a list for all that its items need the database for, and where the list is."""

    name: str
    query: str
    path: tuple[str, ...]
    more: int = 0  # items besides those of the size


def runs(status: str, selection: str) -> Case:
    """A list of runs in a status."""
    query = f"""query($w: String!, $n: Int!) {{
      runs(workspace: $w, first: $n, filter: {{status: [{status}], kind: "lineage"}}) {{
        totalCount edges {{ cursor node {{ {selection} }} }}
      }}
    }}"""
    return Case(f"runs {status}", query, ("runs", "edges"))


def connection(field: str, selection: str, arguments: str = "workspace: $w") -> Case:
    """A list of other things."""
    declared = "$w: String!, $n: Int!" if "$w" in arguments else "$n: Int!"
    query = f"query({declared}) {{ {field}({arguments} first: $n) {{ edges {{ node {{ {selection} }} }} }} }}"
    return Case(field, query, (field, "edges"))


def walk(part: str, *, depth: int, more: int) -> Case:
    """A walk, of which the nodes or the edges are looked at closely."""
    query = f"""query($w: String!) {{
      lineage(of: {{asset: {{name: "s.whole"}}}}, workspace: $w, depth: {depth}, kinds: [DIRECT]) {{
        nodes {{ id asset {{ {ASSET} }} column {{ id name dataType asset {{ name }} }} }}
        frontier {{ id asset {{ {ASSET} }} column {{ name asset {{ name }} }} }}
        edges {{ kind confidence sources evidence {{ origin source expression file line }} }}
        reach {{ columnCount }}
      }}
    }}"""
    return Case(f"lineage {part}", query, ("lineage", part), more)


CASES = (
    runs("COMPLETED_WITH_GAPS", f"{RUN} {RESULT}"),
    runs("FAILED", f"{RUN} result {{ kind }}"),
    runs("QUEUED", RUN),
    connection("uploads", "id uploadId name role putUrl"),
    connection("assets", ASSET, 'workspace: $w, filter: {kinds: ["table"]}'),
    connection("assets", ASSET, 'workspace: $w, filter: {name: "s.v*"}, asOf: {revision: 1}'),
    connection(
        "searchAssets",
        f"fit asset {{ {ASSET} }} column {{ name asset {{ {ASSET} }} }}",
        'workspace: $w, words: "c", ',
    ),
    connection(
        "search",
        f"score matched asset {{ {ASSET} }} column {{ name asset {{ {ASSET} }} }} textName snippet {{ text }}",
        'workspace: $w, q: "c", in: [COLUMN], ',
    ),
    connection(
        "search",
        f"matched asset {{ {ASSET} }} column {{ name }} textName snippet {{ line marks {{ start end }} }}",
        'workspace: $w, q: "select", in: [DEFINITION], filter: {kinds: ["view"]}, ',
    ),
    connection(
        "revisions",
        f"number assetCount columnCount edgeCount definitionBytes run {{ {RUN} {RESULT} }}",
    ),
    connection("rejectedEdges", "reason sources edge { source { asset column } target { asset } }"),
    connection("members", "principal role addedBy"),
    connection("auditLog", "principal action workspace outcome"),
    connection("auditLog", "principal action workspace outcome", ""),
    connection("watches", "id name owner asset column kinds"),
    connection("savedQueries", "name sql engine savedBy"),
    connection("workspaces", "name role seesDefinitions", ""),
    connection("apiKeys", "keyId name principal scopes { workspace role }", ""),
    walk("edges", depth=1, more=0),
    walk("frontier", depth=1, more=0),
)
NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on %s { %s } } }"
OF_TYPES = {
    "Run": ("runs(workspace: $w, first: $n, filter: {status: [COMPLETED_WITH_GAPS]})", f"{RUN} {RESULT}"),
    "Upload": ("uploads(workspace: $w, first: $n)", "name putUrl"),
    "Watch": ("watches(workspace: $w, first: $n)", "name owner kinds"),
    "Asset": ('assets(workspace: $w, first: $n, filter: {kinds: ["view"]})', ASSET),
}
KEPT_IN_MEMORY = {
    "Health.checks": "as many as there are parts",
    "Service.engines": "no rows",
    "Service.kinds": "no rows",
    "SystemStatus.ended": "counted, one for each way to end",
    "SystemStatus.engines": "no rows",
    "SystemStatus.queue": "counted in one statement",
    "SystemStatus.runningByKind": "counted in one statement",
    "Viewer.grants": "read with whoever asks, before any field is",
    "Viewer.groups": "told by the sign-in",
    "Viewer.limits": "as many as there are limits",
    "Query.logs": "lines of files",
    "Query.namespaceAliases": "100 at most, read in one statement",
    "Query.tagPolicies": "50 at most, read in one statement",
    "SqlAnalysis.edges": "nothing is read",
    "SqlAnalysis.unresolved": "nothing is read",
    "RevisionNews.changes": "stand in the row of the feed",
    "RevisionNews.counts": "stand in the row of the feed",
    "RunHappened.labels": "stand in the row of the feed",
    "SqlEdge.evidence": "nothing is read",
    "EngineUnavailableRefusal.present": "as many as there are engines",
    "PlanStep.details": "read with the run",
    "DryRun.columns": "nothing is read",
    "DryRun.edges": "nothing is read",
    "DryRun.reads": "nothing is read",
    "Query.exampleQueries": "no rows",
    "QueryResult.columns": "read with the run",
    "QueryResult.plan": "read with the run",
    "QueryResult.tables": "read with the run",
    "Row.values": "read of a file",
    "RowConnection.edges": "read of a file",
    "TableChange.columns": "read with the run",
    "TableChange.files": "read with the run",
    "WarehouseTable.statistics": "kept with its version",
    "TableResult.columns": "read with the run",
    "TableReading.columns": "nothing is read",
    "WarehouseTable.columns": "read with the table",
    "WarehouseTable.sample": "read of a file",
}
COUNTED_AT_ONCE = {
    "Query.sources": "as many as there are sources",
    "Summary.assetsByKind": "as many as there are kinds",
    "Summary.edgesByKind": "as many as there are kinds",
    "Summary.edgesByOrigin": "as many as there are origins",
}
WRITTEN = {
    "Mutation.submitRuns": "a transaction each, so that one that is refused costs no other",
    "SpokenEdges.edges": "as many as there are between two ends",
    "WorkspaceCleared.cleared": "as many as there are sorts",
}
IN_TESTS_OF_THEIR_OWN = (
    dict.fromkeys(
        (
            "AffectedNode.changes",
            "AffectedNode.path",
            "Impact.affected",
            "Impact.assets",
            "Impact.changes",
            "Impact.frontier",
            "ImpactChange.reachedBy",
            "ImpactCounts.byAssetKind",
            "AffectedAsset.owners",
            "ImpactCounts.byDistance",
            "ImpactCounts.byOwner",
            "ImpactCounts.byReason",
        ),
        "counted in test_impact",
    )
    | dict.fromkeys(
        ("Downstream.nearest", "LineageChangeConnection.edges", "LineageDiff.counts"),
        "counted in test_differences",
    )
    | dict.fromkeys(("WarehouseTableConnection.edges",), "counted in test_tables")
    | dict.fromkeys(
        ("Column.flowingTags", "FlowingTag.path", "TaggedNode.path", "TaggedNodeConnection.edges"),
        "counted in test_tags",
    )
)
OF_ONE = {
    "WarehouseTableVersionConnection.edges": "read for each table that is asked for them",
    "AssetHistory.edges": "read for each asset that is asked for its history: it is a question about one",
    "AssetMoment.changes": "read with the history",
    "LineagePath.edges": "read with the paths",
    "LineagePaths.nodes": "read with the paths",
    "LineagePaths.paths": "found in one walk, 100 at most",
}
"""Lists that no number of rows makes longer, or that are no reading, or are counted elsewhere, and why."""
HEALTH = {
    "unexplained": f"items {{ asset {{ {ASSET} }} gaps {{ reason }} }}",
    "disagreements": f"items {{ witness source {{ {ASSET} }} }}",
    "orphans": f"items {{ {ASSET} }}",
    "unusedAssets": f"items {{ {ASSET} }}",
    "unusedColumns": f"items {{ name asset {{ {ASSET} }} }}",
    "circles": f"items {{ assets {{ {ASSET} }} }}",
}


@pytest.fixture
async def grown(api: Api) -> Api:
    """An API with a workspace of each size."""
    await worlds(api, **{f"of-{size}": size for size in SIZES})
    for size in SIZES:
        await asyncio.wrap_future(api.app.state.graphs.ask_for(f"of-{size}"))  # its reading is no list's affair
    return api


def items(answer: dict[str, Any], path: tuple[str, ...]) -> list[Any]:
    """The list at the end of a path."""
    found: Any = answer
    for name in path:
        found = found[name]
    return list(found)


async def counted(api: Api, query: str, path: tuple[str, ...], **variables: Any) -> tuple[int, int]:
    """How many items a list has, and how many statements it takes."""
    declared = {name: value for name, value in variables.items() if f"${name}:" in query}
    await api.ask(query, **declared)  # what a process reads once is read
    with recording() as sent:
        answer = await api.ask(query, **declared)
    return len(items(answer, path)), sent.count


async def test_every_list(grown: Api) -> None:
    """Lists, walks and searches with all that belongs to their items: statements do not grow with them."""
    for case in CASES:
        found = [await counted(grown, case.query, case.path, w=f"of-{size}", n=size) for size in SIZES]

        assert [size + case.more for size in SIZES] == [length for length, _ in found], case.name
        assert 1 == len({statements for _, statements in found}), (case.name, found)


def health_by(name: str, selection: str) -> str:
    """The question for one list of a catalog's health, and for the short ones that go with each."""
    return f"""query($w: String!, $n: Int!) {{ catalogHealth(workspace: $w) {{
        {name}(first: $n) {{ {selection} }} gaps {{ reason remedies }} sources {{ name }}
    }} }}"""


async def test_the_health_of_a_catalog(grown: Api) -> None:
    """However much there is to be found in a catalog, each list of it takes as many statements."""
    lengths = {}
    for name, selection in HEALTH.items():
        # One after the other: side by side they share a loader's rounds or not, as threads happen to end.
        query = health_by(name, selection)
        path = ("catalogHealth", name, "items")
        found = [await counted(grown, query, path, w=f"of-{size}", n=size) for size in SIZES]
        lengths[name] = tuple(length for length, _ in found)

        assert 1 == len({statements for _, statements in found}), (name, found)
    assert SIZES == lengths["unusedColumns"]


async def test_things_by_their_ids(grown: Api) -> None:
    """Things that are fetched again by their ids: a hundred cost as many statements as one."""
    for made, (field, selection) in OF_TYPES.items():
        listed = f"query($w: String!, $n: Int!) {{ {field} {{ edges {{ node {{ id }} }} }} }}"
        found = []
        for size in SIZES:
            answer = await grown.ask(listed, w=f"of-{size}", n=size)
            ids = [edge["node"]["id"] for edge in items(answer, (field.partition("(")[0], "edges"))]
            found.append(await counted(grown, NODES % (made, selection), ("nodes",), ids=ids))

        assert list(SIZES) == [length for length, _ in found], made
        assert 1 == len({statements for _, statements in found}), (made, found)


async def test_the_first_addresses(sqlite_api: Api) -> None:
    """The key by which addresses are signed is read once, though a hundred are wanted by the first request."""
    await worlds(sqlite_api, main=100)
    with recording() as sent:
        answer = await sqlite_api.ask("{ uploads(first: 100) { edges { node { putUrl } } } }")

    assert 100 == len({edge["node"]["putUrl"] for edge in answer["uploads"]["edges"]})
    assert sent.naming("FROM signing_keys") <= 2  # before it is made, and after


def lists_of_the_schema() -> set[str]:
    """Each field of the schema that gives a list."""
    return {
        f"{made.name}.{name}"
        for made in schema._schema.type_map.values()  # noqa: SLF001 - Strawberry shows graphql-core's schema nowhere else
        if isinstance(made, GraphQLObjectType) and not is_introspection_type(made)
        for name, field in made.fields.items()
        if holds_a_list(field.type)
    }


def holds_a_list(of: Any) -> bool:
    while isinstance(of, GraphQLWrappingType):
        if is_list_type(of):
            return True
        of = of.of_type
    return False


class Asked(Visitor):
    """The fields that a document asks, by their coordinates."""

    def __init__(self, info: TypeInfo) -> None:
        super().__init__()
        self.info, self.found = info, set[str]()

    def enter_field(self, node: FieldNode, *_more: Any) -> None:
        parent = self.info.get_parent_type()
        assert isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
        self.found.add(f"{parent.name}.{node.name.value}")


def asked_by(query: str) -> set[str]:
    """The fields that a document asks."""
    api, document = schema._schema, parse(query)  # noqa: SLF001 - see above
    assert [] == validate(api, document)
    info = TypeInfo(api)
    asked = Asked(info)
    visit(document, TypeInfoVisitor(info, asked))
    return asked.found


def test_no_list_is_forgotten() -> None:
    """Each list of the schema is in the table above, or is said to be no matter of rows; nothing else is."""
    documents = [*(case.query for case in CASES), *starmap(health_by, HEALTH.items())]
    documents += [NODES % each for each in ((made, selection) for made, (_, selection) in OF_TYPES.items())]
    asked = set().union(*(asked_by(query) for query in documents))
    excused = KEPT_IN_MEMORY | COUNTED_AT_ONCE | WRITTEN | IN_TESTS_OF_THEIR_OWN | OF_ONE
    lists = lists_of_the_schema()

    assert set() == lists - asked - set(excused)
    assert set() == set(excused) - lists
    assert set() == set(excused) & asked
