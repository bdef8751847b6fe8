"""OpenLineage events become datasets in their own namespaces, and edges between their columns."""

import json
import random
from pathlib import Path
from typing import Any

import orjson
import pytest

from jobs.engines.files.roles import Role
from jobs.engines.lineage.values import End, RelationKind
from jobs.engines.openlineage.events import read_event
from jobs.errors import BadCatalog
from jobs.pipelines.lineage.sources.material import File, Imported
from jobs.pipelines.lineage.sources.openlineage import FAILED, of_events, read
from tests.openlineage import DATA, WAREHOUSE, dataset, event, schema, source, transformation

IDENTITY = transformation("DIRECT", "IDENTITY")
FULL = {
    "schema": schema(total="NUMERIC", day="DATE"),
    "columnLineage": {
        "fields": {
            "total": {
                "inputFields": [
                    source(
                        "raw.orders",
                        "amount",
                        transformation("DIRECT", "AGGREGATION", description="SUM(amount)"),
                    ),
                    source("raw.orders", "day", transformation("INDIRECT", "GROUP_BY")),
                ]
            },
            "day": {"inputFields": [source("raw.orders", "day", IDENTITY)]},
        },
        "dataset": [source("raw.orders", "state", transformation("INDIRECT", "FILTER"))],
    },
}


def imported(*events: dict[str, Any]) -> Imported:
    return of_events([read_event(each) for each in events])


def shown(told: Imported) -> list[str]:
    """The edges, in words."""

    def end(of: End) -> str:
        name = told.addresses[of.relation][1]
        return f"{name}.{of.column}" if of.column else name

    return [
        f"{end(edge.source)} -> {end(edge.target)} {edge.subtype.name}{' MASKED' if edge.masking else ''}"
        for edge in told.lineage.edges
    ]


def from_file(folder: Path, content: bytes) -> Any:
    path = folder / "events.json"
    path.write_bytes(content)
    return read([File(path.name, Role.OPENLINEAGE, path)])


def test_columns_and_influences() -> None:
    """Fields flow into fields, what affects a whole dataset influences it whole, and words are evidence."""
    told = imported(event(inputs=[dataset("raw.orders")], outputs=[dataset("mart.daily", **FULL)]))

    assert [
        "raw.orders.amount -> mart.daily.total AGGREGATION",
        "raw.orders.day -> mart.daily.day IDENTITY",
        "raw.orders.day -> mart.daily.total GROUP_BY",
        "raw.orders.state -> mart.daily FILTER",
    ] == shown(told)
    (record,) = told.records
    assert ("airflow/load", "mart.daily.total from raw.orders.amount: AGGREGATION SUM(amount)") == (
        record.name,
        record.sql.split("\n")[0],
    )
    made = next(each for each in told.lineage.relations if each.name == "mart.daily")
    assert ("total", "NUMERIC", "day", "DATE") == tuple(
        word for column in made.columns for word in (column.name, column.data_type)
    )
    assert (RelationKind.TABLE, True) == (made.kind, made.columns_complete)
    assert {(WAREHOUSE, "raw.orders"), (WAREHOUSE, "mart.daily")} == set(told.addresses.values())


def test_first_generation_of_the_facet() -> None:
    """Without transformations the output's own words count: IDENTITY, or MASKED."""
    fields = {
        "a": {"inputFields": [source("t", "x")], "transformationType": "IDENTITY"},
        "b": {
            "inputFields": [source("t", "x")],
            "transformationType": "MASKED",
            "transformationDescription": "md5",
        },
        "c": {"inputFields": [source("t", "x")]},
    }
    told = imported(event(outputs=[dataset("o", columnLineage={"fields": fields})]))

    assert ["t.x -> o.a IDENTITY", "t.x -> o.b TRANSFORMATION MASKED", "t.x -> o.c TRANSFORMATION"] == shown(
        told
    )
    assert "o.b from t.x: TRANSFORMATION md5" in told.records[0].sql


def test_what_nothing_is_said_of() -> None:
    """An input and an output without column lineage need one another; where there is some, that says more."""
    told = imported(
        event(
            inputs=[dataset("a"), dataset("b")],
            outputs=[
                dataset("o", columnLineage={"fields": {"x": {"inputFields": [source("a", "y", IDENTITY)]}}})
            ],
        )
    )

    assert ["a.y -> o.x IDENTITY", "b -> o DEPENDENCY"] == shown(told)


def test_unknown_subtypes_are_kept_in_words() -> None:
    """A subtype that nobody knows, or that does not go with its type, is told in the evidence."""
    inputs = [
        source("t", "x", transformation("DIRECT", "TELEPORTED", description="by magic")),
        source("t", "y", transformation("INDIRECT", "IDENTITY")),
    ]
    told = imported(event(outputs=[dataset("o", columnLineage={"fields": {"a": {"inputFields": inputs}}})]))

    assert ["t.x -> o.a TRANSFORMATION", "t.y -> o.a CONDITIONAL"] == shown(told)
    assert "o.a from t.x: TRANSFORMATION TELEPORTED by magic" in told.records[0].sql


def test_any_order_and_twice() -> None:
    """Events of runs say the same in any order, and however often they come."""
    events = [
        event("START", inputs=[dataset("raw.orders")]),
        event("RUNNING", outputs=[dataset("mart.daily", schema=schema(total="NUMERIC"))]),
        event("COMPLETE", outputs=[dataset("mart.daily", columnLineage=FULL["columnLineage"])]),
        event("FAIL", run="r2", job="other", inputs=[dataset("x")], outputs=[dataset("y")]),
        {**event("START"), "eventTime": "2026-01-01T00:00:00+02:00", "inputs": [dataset("raw.orders")]},
    ]
    expected = imported(*events)
    chance = random.Random(7)  # noqa: S311 - an order, not a secret
    for _ in range(20):
        mixed = events * 2
        chance.shuffle(mixed)
        again = imported(*mixed)
        assert (expected.lineage.edges, set(expected.records)) == (again.lineage.edges, set(again.records))


def test_runs_that_failed() -> None:
    """What only runs say that failed is marked as that; what another run says, too, is not."""
    told = imported(
        event("FAIL", inputs=[dataset("a")], outputs=[dataset("o")]),
        event("COMPLETE", run="r2", inputs=[dataset("b")], outputs=[dataset("o")]),
        event("ABORT", run="r3", inputs=[dataset("b")], outputs=[dataset("o")]),
    )

    assert ["a -> o DEPENDENCY", "b -> o DEPENDENCY"] == shown(told)
    assert [FAILED, ""] == [edge.evidence[0].note for edge in told.lineage.edges]


def test_the_latest_facet_counts() -> None:
    """Of two schemas of a dataset in a run the later one counts, and a facet that was deleted is gone."""
    late = {**event(outputs=[dataset("o", schema=schema(b="INT"))]), "eventTime": "2026-02-01T00:00:00Z"}
    told = imported(
        late, event(outputs=[dataset("o", schema=schema(a="INT"), documentation={"_deleted": True})])
    )

    assert ["b"] == [column.name for each in told.lineage.relations for column in each.columns]


def test_symlinks_join_names() -> None:
    """A dataset with a table's name as its symlink is that table, whoever calls it which way."""
    identifiers = [{"namespace": "hive", "name": "raw.orders", "type": "TABLE"}]
    facets = {"symlinks": {"identifiers": identifiers}}
    files = {"namespace": "s3://lake", "name": "/lake/orders", "facets": facets}
    told = imported(
        event(run="1", inputs=[dataset("src")], outputs=[files]),
        event(run="2", inputs=[{"namespace": "hive", "name": "raw.orders"}], outputs=[dataset("o")]),
    )

    assert ["raw.orders -> o DEPENDENCY", "src -> raw.orders DEPENDENCY"] == shown(told)
    assert ("s3://lake", "/lake/orders") not in told.addresses.values()


def test_words_of_people() -> None:
    """Owners, tags and descriptions of fields come along, also of fields inside of others."""
    nested = {
        "fields": [
            {"name": "a", "type": "struct", "fields": [{"name": "b", "type": "INT", "description": "Inner."}]}
        ]
    }
    facets = {
        "schema": nested,
        "documentation": {"description": "All of it."},
        "ownership": {"owners": [{"name": "team:data", "type": "OWNER"}]},
        "tags": {"tags": [{"key": "pii", "value": "true", "field": "a.b"}, {"key": "tier", "value": "gold"}]},
        "datasetType": {"datasetType": "VIEW"},
    }
    told = imported({"eventTime": "2026-01-01T00:00:00Z", "producer": "p", "dataset": dataset("o", **facets)})

    assert [
        ("owner", None, "team:data"),
        ("tag", "a.b", "pii"),
        ("tag", None, "tier:gold"),
        ("description", "a.b", "Inner."),
    ] == [(each.kind.value, each.of.column, each.value) for each in told.said]
    (made,) = told.lineage.relations
    assert (RelationKind.VIEW, "All of it.", ["a", "a.b"]) == (
        made.kind,
        made.description,
        [column.name for column in made.columns],
    )


WRONG: tuple[tuple[Any, str], ...] = (
    ([], "the event is no object"),
    ({**event(), "eventTime": "yesterday"}, "eventTime is no moment"),
    ({**event(), "eventTime": 5}, "eventTime is no text"),
    ({**event(), "eventType": "PAUSE"}, "eventType is none of OTHER, START"),
    ({**event(), "run": {}}, "run.runId is no text"),
    ({**event(), "job": {"name": "x"}}, "job.namespace is no text"),
    ({**event(), "inputs": {}}, "inputs is no list"),
    ({**event(), "inputs": [{"namespace": "n", "name": 7}]}, "inputs[0].name is no text"),
    ({**event(), "outputs": [dataset("x" * 2_001)]}, "outputs[0].name has more than 2,000 characters"),
    ({**event(), "outputs": [{"namespace": "n", "name": "x", "facets": 5}]}, "outputs[0].facets is no object"),
    ({"eventTime": "2026-01-01T00:00:00Z"}, "has neither a job nor a dataset"),
)


@pytest.mark.parametrize(("wrong", "problem"), WRONG)
def test_wrong_events_cost_themselves(tmp_path: Path, wrong: Any, problem: str) -> None:
    """An event that breaks the specification is a gap with its number, and the others count."""
    good = event(inputs=[dataset("a")], outputs=[dataset("o")])
    told = from_file(tmp_path, orjson.dumps([good, wrong]))

    assert ["a -> o DEPENDENCY"] == shown(told.imported)
    (gap,) = told.imported.lineage.unresolved
    assert 2 == gap.span.line
    assert problem in gap.message
    assert ("1 events break the specification and are left out: see the gaps.",) == told.warnings


def test_facets_of_wrong_types() -> None:
    """A facet that breaks its own schema says nothing, and costs nothing else."""
    facets = {
        "schema": {"fields": [5, {"name": 7}, {"name": "ok", "type": 3}]},
        "columnLineage": {"fields": {"a": 5, "b": {"inputFields": [7, {"name": "x"}]}}, "dataset": 9},
        "symlinks": {"identifiers": [{"namespace": "n"}]},
        "ownership": {"owners": {}},
        "tags": {"tags": ["x"]},
        "documentation": 5,
    }
    told = imported(event(inputs=[dataset("a")], outputs=[dataset("o", **facets)]))

    assert ["a -> o DEPENDENCY"] == shown(told)
    assert [("ok", None)] == [(each.name, each.data_type) for each in told.lineage.relations[1].columns]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"nothing", "NOT_JSON"),
        (b"", "NO_EVENTS"),
        (b"[]", "NO_EVENTS"),
        (b'[{"a": 1}]', "NO_EVENTS"),
        (b"x\ny\n", "NO_EVENTS"),
    ],
)
def test_files_without_events(tmp_path: Path, content: bytes, code: str) -> None:
    """A file that is no JSON, or of which nothing is an event, is refused."""
    with pytest.raises(BadCatalog) as refused:
        from_file(tmp_path, content)
    assert (code, "events.json") == (refused.value.problems[0].code, refused.value.problems[0].file)


def test_a_line_for_each_event(tmp_path: Path) -> None:
    """Events may stand on lines of their own, of which a broken one costs itself."""
    lines = [
        orjson.dumps(event(run=str(number), inputs=[dataset(f"a{number}")], outputs=[dataset("o")]))
        for number in range(3)
    ]
    told = from_file(tmp_path, b"\n".join([lines[0], b'{"cut', *lines[1:], b""]))

    assert [f"a{number} -> o DEPENDENCY" for number in range(3)] == shown(told.imported)
    assert 1 == len(told.imported.lineage.unresolved)


def test_clocks_that_go_ahead(tmp_path: Path) -> None:
    """Events of the future are taken, and told of."""
    told = from_file(tmp_path, orjson.dumps({**event(), "eventTime": "2999-01-01T00:00:00Z"}))
    assert told.warnings[0].startswith("1 events are of the future, the last of 2999-01-01")


@pytest.mark.parametrize("folder", ["column_lineage", "lineage"])
def test_examples_of_the_specification(folder: str) -> None:
    """Each example of a facet that tells lineage gives an edge for each of its inputs."""
    if not (DATA / folder).is_dir():
        pytest.skip("the specification's examples are not at hand (shared/data/openlineage)")
    for path in sorted((DATA / folder).iterdir()):
        facets = json.loads(path.read_bytes())
        on_job = "entries" in facets.get("lineage", {})
        job = {"namespace": "airflow", "name": "own", "facets": facets if on_job else {}}
        outputs = [dataset("o", **({} if on_job else facets))]
        told = imported({**event(), "job": job, "outputs": outputs})
        assert told.lineage.edges, path.name
        assert json.dumps(facets).count('"type": "DIRECT"') + json.dumps(facets).count(
            '"type": "INDIRECT"'
        ) <= len(told.lineage.edges), path.name
