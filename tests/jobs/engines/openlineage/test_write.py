"""What a graph holds is written as OpenLineage events, and what was written can be read."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.engines.lineage.values import RelationKind, Subtype
from jobs.engines.openlineage.events import read_event
from jobs.engines.openlineage.facets import fields_of, flows_of, flows_of_job, owners_of, tags_of
from jobs.engines.openlineage.runs import Account, Ending, end_of, inputs_of, start_of
from jobs.engines.openlineage.values import Point, Ref
from jobs.engines.openlineage.write import Dataset, FlowRow, event_of
from tests.specification import is_at_hand, problems

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=2)))
SPACE = "postgres://warehouse:5432"
RUN = Account(
    run_id="0197a0c0-0000-4000-8000-000000000001",
    namespace="headwater",
    workspace="main",
    kind="lineage",
    name="nightly-7",
    submitted_at=AT,
    version="1.2.3",
    about="warehouse",
)


def flow(name: str, field: str | None, into: str | None, how: str = "identity", **more: bool) -> FlowRow:
    return SPACE, name, more.get("is_job", False), field, into, how, more.get("masking", False)


def written(dataset: Dataset) -> dict[str, Any]:
    """A dataset as its event has it, which keeps to the specification."""
    event = event_of(dataset, AT)
    assert [] == problems(event)
    told: dict[str, Any] = event["dataset"]
    return told


def test_the_specification_is_at_hand() -> None:
    """Events are checked against the specification's own schemas, too, not by its client's types alone."""
    if not is_at_hand():
        pytest.skip("the specification's schemas are not at hand (shared/data/openlineage)")
    assert ["'eventTime' is a required property"] == problems({**_without("eventTime")})
    assert any("is not a 'uuid'" in each for each in problems({**start_of(RUN, AT), "run": {"runId": "7"}}))


def _without(member: str) -> dict[str, Any]:
    return {key: value for key, value in start_of(RUN, AT).items() if key != member}


def test_a_table() -> None:
    """A table has its columns, what is said of it, and what flows into each of its columns, and how."""
    inflows = (
        flow("raw.orders", "amount", "total", "aggregation"),
        flow("raw.orders", "day", "total", "group_by"),
        flow("raw.orders", "day", "day"),
        flow("raw.people", "email", "who", "transformation", masking=True),
        flow("raw.orders", "state", None, "filter"),
    )
    told = written(
        Dataset(
            SPACE,
            "mart.daily",
            "table",
            "All days.",
            fields=(("total", "NUMERIC", "In euro."), ("day", None, "")),
            owners=("team:data",),
            tags=((None, "tier:gold"), ("total", "pii")),
            inflows=inflows,
        )
    )

    facets = told["facets"]
    assert {"name": "total", "type": "NUMERIC", "description": "In euro."} == facets["schema"]["fields"][0]
    assert {"name": "day"} == facets["schema"]["fields"][1]
    assert "TABLE" == facets["datasetType"]["datasetType"]
    total = facets["columnLineage"]["fields"]["total"]["inputFields"]
    assert [
        ("amount", {"type": "DIRECT", "subtype": "AGGREGATION", "masking": False}),
        ("day", {"type": "INDIRECT", "subtype": "GROUP_BY", "masking": False}),
    ] == [(each["field"], each["transformations"][0]) for each in total]
    assert ["state"] == [each["field"] for each in facets["columnLineage"]["dataset"]]
    who = facets["columnLineage"]["fields"]["who"]["inputFields"][0]
    assert who["transformations"][0]["masking"]
    assert "lineage" not in facets


def test_what_names_no_column() -> None:
    """What needs a whole dataset or a job, of which no column is told, stands in the facet lineage."""
    told = written(
        Dataset(
            SPACE,
            "mart.daily",
            "view",
            inflows=(
                flow("raw.orders", None, None, "dependency"),
                flow("raw.orders", None, "total", "aggregation"),
                flow("load", None, None, "dependency", is_job=True),
            ),
        )
    )

    facet = told["facets"]["lineage"]
    assert [("load", "JOB"), ("raw.orders", "DATASET")] == [
        (each["name"], each["type"]) for each in facet["inputs"]
    ]
    assert ["total"] == list(facet["fields"])
    assert "columnLineage" not in told["facets"]


def test_a_job() -> None:
    """A job of the graph is an event of a job, which tells what it reads."""
    event = event_of(Dataset("airflow", "load", "job", inflows=(flow("raw.orders", "id", None, "filter"),)), AT)

    assert [] == problems(event)
    read = read_event(event)
    assert Ref("airflow", "load", is_job=True) == read.job
    assert read.job is not None
    (told,) = flows_of_job(read.job, read.job_facets)
    assert (Point(Ref(SPACE, "raw.orders"), "id"), Point(read.job), Subtype.FILTER) == (
        told.source,
        told.target,
        told.subtype,
    )
    assert [] == problems(event_of(Dataset("airflow", "idle", "job"), AT))


@pytest.mark.parametrize("tag", ["pii", "tier:gold", "a:true", "a:", ":", ":b", "a:b:c", "TRUE", "x:TRUE"])
def test_tags_are_what_they_were(tag: str) -> None:
    """A tag with a colon is a key and a value, unless it could not be told from a word then."""
    facets = written(Dataset(SPACE, "t", "table", tags=((None, tag),)))["facets"]
    assert [(None, tag)] == list(tags_of(facets))


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)
NAME = TEXT.filter(lambda text: bool(text.strip()))
FLOWS = st.builds(
    lambda ends, is_job, how, masking: (
        *ends[:2],
        is_job,
        None if is_job else ends[2],
        ends[3],
        str(how),
        masking,
    ),
    st.tuples(NAME, NAME, st.none() | TEXT, st.none() | TEXT),
    st.booleans(),
    st.sampled_from(Subtype),
    st.booleans(),
)
KINDS = st.sampled_from([kind.value for kind in RelationKind if kind is not RelationKind.JOB])
DATASETS = st.builds(
    Dataset,
    NAME,
    NAME,
    KINDS,
    st.just("") | TEXT,
    fields=st.lists(st.tuples(TEXT, st.none() | TEXT, st.just("") | TEXT), max_size=4),
    owners=st.lists(TEXT, max_size=3),
    tags=st.lists(st.tuples(st.none() | TEXT, TEXT), max_size=4),
    inflows=st.lists(FLOWS, max_size=8),
)


@given(DATASETS)
def test_hostile_names(dataset: Dataset) -> None:
    """Whatever names are made of, the event keeps to the specification, and reading it gives all of it back."""
    event = orjson.loads(orjson.dumps(event_of(dataset, AT)))

    assert [] == problems(event)
    (said,) = read_event(event).outputs
    ref = Ref(dataset.namespace, dataset.name)
    assert ref == said.ref
    assert list(dataset.fields) == [tuple(each) for each in fields_of(said.facets)]
    assert list(dataset.owners) == list(owners_of(said.facets))
    assert list(dataset.tags) == list(tags_of(said.facets))
    expected = {
        (Point(Ref(space, name, job), field), Point(ref, into), how, masking)
        for space, name, job, field, into, how, masking in dataset.inflows
    }
    assert expected == {
        (each.source, each.target, each.subtype.value, each.masking)
        for each in flows_of(said.ref, said.facets, None)
    }


def test_a_run_starts() -> None:
    """A run that starts says which job it is a run of, when it was asked for, and by what it is executed."""
    event = start_of(RUN, AT)

    assert [] == problems(event)
    assert ("START", RUN.run_id, "2026-01-02T01:04:05.000000+00:00") == (
        event["eventType"],
        event["run"]["runId"],
        event["eventTime"],
    )
    assert ("headwater", "main.lineage.warehouse") == (event["job"]["namespace"], event["job"]["name"])
    facets = event["run"]["facets"]
    assert ("Headwater", "1.2.3") == (
        facets["processing_engine"]["name"],
        facets["processing_engine"]["version"],
    )
    assert "nightly-7" == facets["headwater_run"]["runId"]
    assert ["jobType"] == list(event["job"]["facets"])


def test_runs_that_fail() -> None:
    """A run that failed says why, and one that tries another again names it; its job stays the same."""
    again = Account(**{**{name: getattr(RUN, name) for name in RUN.__slots__}, "retry_of": "nightly-6"})
    event = end_of(
        again, AT, Ending.FAIL, error="BAD_CATALOG: no\nsuch \ud83d".encode("utf-8", "ignore").decode()
    )

    assert [] == problems(event)
    facets = event["run"]["facets"]
    assert ("BAD_CATALOG: no\nsuch ", "nightly-6") == (
        facets["errorMessage"]["message"],
        facets["headwater_run"]["retryOf"],
    )
    assert start_of(RUN, AT)["job"] == event["job"]


def test_sql_is_let_out_only_where_allowed() -> None:
    """The statement of a run is in its events only where it was handed over."""
    values = {name: getattr(RUN, name) for name in RUN.__slots__}
    event = start_of(Account(**{**values, "sql": "SELECT 1"}), AT)

    assert [] == problems(event)
    assert "SELECT 1" == event["job"]["facets"]["sql"]["query"]


def test_what_a_run_wrote() -> None:
    """Outputs tell what flows into them; inputs are what flows into each, since readers pair all with all."""
    one = Dataset(SPACE, "o1", "table", inflows=(flow("a", "x", "y"), flow("both", "x", "y")))
    two = Dataset(SPACE, "o2", "table", inflows=(flow("b", "x", "y"), flow("both", None, None, "dependency")))
    event = end_of(RUN, AT, Ending.COMPLETE, outputs=(one, two, Dataset("j", "j", "job")), left_out=7)

    assert [] == problems(event)
    assert [{"namespace": SPACE, "name": "both"}] == event["inputs"]
    assert ["o1", "o2"] == [each["name"] for each in event["outputs"]]
    assert 7 == event["run"]["facets"]["headwater_run"]["outputsLeftOut"]
    assert [] == inputs_of(())
    assert [(SPACE, "a"), (SPACE, "both")] == inputs_of((one,))
    assert UTC is AT.astimezone(UTC).tzinfo
