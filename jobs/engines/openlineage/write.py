"""Write datasets of a graph as OpenLineage events: values in, JSON values out, which can be read back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from jobs.engines.lineage.values import DIRECT_SUBTYPES

PRODUCER = "urn:headwater:service"
SPECIFICATION = "https://openlineage.io/spec"
CORE = f"{SPECIFICATION}/2-0-2/OpenLineage.json#/$defs"
SCHEMAS: Mapping[str, str] = {
    "columnLineage": "1-2-0/ColumnLineageDatasetFacet",
    "datasetType": "1-0-1/DatasetTypeDatasetFacet",
    "documentation": "1-1-0/DocumentationDatasetFacet",
    "errorMessage": "1-0-1/ErrorMessageRunFacet",
    "jobType": "2-0-4/JobTypeJobFacet",
    "nominalTime": "1-0-1/NominalTimeRunFacet",
    "ownership": "1-0-1/OwnershipDatasetFacet",
    "processing_engine": "1-1-1/ProcessingEngineRunFacet",
    "schema": "1-2-0/SchemaDatasetFacet",
    "sql": "1-1-0/SQLJobFacet",
    "tags": "1-0-0/TagsDatasetFacet",
}
"""By facet, the version and the name of the schema that it keeps to."""
LINEAGE = f"{SPECIFICATION}/facets/1-0-0/LineageFacet.json#/$defs"  # one file for those of datasets and of jobs
JOB = "job"  # the kind of what is no dataset
YES = "true"  # the value of a tag that is a word alone

FieldRow: TypeAlias = tuple[str, str | None, str]
"""A field: its name, its type, and what is said of it."""
FlowRow: TypeAlias = tuple[str, str, bool, str | None, str | None, str, bool]
"""What flows in: namespace and name of the source, whether that is a job, its field, our field, how, masked."""
Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset, or a job that the graph knows, with all that is said of it and what flows into it."""

    namespace: str
    name: str
    kind: str  # jobs.engines.lineage.values.RelationKind
    description: str = ""
    fields: Sequence[FieldRow] = ()
    owners: Sequence[str] = ()
    tags: Sequence[tuple[str | None, str]] = ()  # each with the field that it is about, if any
    inflows: Sequence[FlowRow] = ()


def moment(at: datetime) -> str:
    """A moment as events have it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def facet(kind: str, /, **members: Any) -> Json:
    """A facet of the specification, which says who made it and by which schema."""
    version, _, schema = SCHEMAS[kind].partition("/")
    url = f"{SPECIFICATION}/facets/{version}/{schema}.json#/$defs/{schema}"
    return {"_producer": PRODUCER, "_schemaURL": url, **members}


def event(kind: str, at: datetime, /, **members: Any) -> Json:
    """What each event has, whatever it tells."""
    return {"eventTime": moment(at), "producer": PRODUCER, "schemaURL": f"{CORE}/{kind}", **members}


def event_of(dataset: Dataset, at: datetime) -> Json:
    """A dataset as an event of its own, without a run: how it was at a moment.

    A job of the graph is told as a job, with what flows into it; all else is a dataset, and its type says what
    it is in our words: procedures and dashboards are datasets of these types.
    """
    if dataset.kind != JOB:
        return event("DatasetEvent", at, dataset=dataset_of(dataset))
    facets: Json = {}
    if dataset.inflows:
        entry = {"type": "JOB", **_named(dataset.namespace, dataset.name), "inputs": _inputs(dataset.inflows)}
        facets["lineage"] = _lineage("LineageJobFacet", entries=[entry])
    return event("JobEvent", at, job={**_named(dataset.namespace, dataset.name), "facets": facets})


def dataset_of(dataset: Dataset) -> Json:
    """A dataset as an event has it among its outputs, or alone."""
    return {**_named(dataset.namespace, dataset.name), "facets": dict(_facets(dataset))}


def _named(namespace: str, name: str) -> Json:
    return {"namespace": namespace, "name": name}


def _facets(dataset: Dataset) -> Iterator[tuple[str, Json]]:
    yield "datasetType", facet("datasetType", datasetType=dataset.kind.upper())
    if dataset.description:
        yield "documentation", facet("documentation", description=dataset.description)
    if dataset.fields:
        yield "schema", facet("schema", fields=[_field(*each) for each in dataset.fields])
    if dataset.owners:
        yield "ownership", facet("ownership", owners=[{"name": owner} for owner in dataset.owners])
    if dataset.tags:
        yield "tags", facet("tags", tags=[_tag(*each) for each in dataset.tags])
    of_fields = [flow for flow in dataset.inflows if not flow[2] and flow[3] is not None]
    if of_fields:
        yield "columnLineage", facet("columnLineage", **_column_lineage(of_fields))
    of_wholes = _by_field(flow for flow in dataset.inflows if flow[2] or flow[3] is None)
    if of_wholes:
        members: Json = {
            "fields": {name: {"inputs": _inputs(some)} for name, some in of_wholes.items() if name}
        }
        if "" in of_wholes:  # an empty list would say that nothing flows in
            members["inputs"] = _inputs(of_wholes[""])
        yield "lineage", _lineage("LineageDatasetFacet", **members)


def _lineage(schema: str, **members: Any) -> Json:
    return {"_producer": PRODUCER, "_schemaURL": f"{LINEAGE}/{schema}", **members}


def _field(name: str, data_type: str | None, description: str) -> Json:
    told = {"type": data_type, "description": description}
    return {"name": name, **{key: value for key, value in told.items() if value}}


def _tag(field: str | None, tag: str) -> Json:
    """A tag. One of ours with a colon is a key and a value, unless it could not be told from a word then."""
    key, colon, value = tag.partition(":")
    if not (key and colon) or value.lower() in {"", YES}:
        key, value = tag, YES
    return {"key": key, "value": value, "source": "HEADWATER", **({} if field is None else {"field": field})}


def _by_field(flows: Iterable[FlowRow]) -> dict[str, list[FlowRow]]:
    """Flows by the field into which they flow; those into the whole under the empty name."""
    found: dict[str, list[FlowRow]] = {}
    for flow in sorted(flows, key=lambda each: each[4] or ""):
        found.setdefault(flow[4] or "", []).append(flow)
    return found


def _column_lineage(flows: Sequence[FlowRow]) -> Json:
    """The facet's members: what flows into each field, and what influences the dataset as a whole."""
    by_field = _by_field(flows)
    whole = by_field.pop("", [])
    of_fields = {name: {"inputFields": _input_fields(some)} for name, some in by_field.items()}
    return {"fields": of_fields, **({"dataset": _input_fields(whole)} if whole else {})}


def _input_fields(flows: Sequence[FlowRow]) -> list[Json]:
    """Flows by their sources, each with all the ways in which it flows."""
    told: dict[tuple[str, str, str], list[Json]] = {}
    for namespace, name, _, field, _, how, masking in sorted(flows, key=_order):
        told.setdefault((namespace, name, field or ""), []).append(_transformation(how, masking=masking))
    return [
        {**_named(namespace, name), "field": field, "transformations": ways}
        for (namespace, name, field), ways in told.items()
    ]


def _inputs(flows: Sequence[FlowRow]) -> list[Json]:
    """The same of what names no field, or a job: as the facet `lineage` has it."""
    told: dict[tuple[str, str, bool, str | None], list[Json]] = {}
    for namespace, name, is_job, field, _, how, masking in sorted(flows, key=_order):
        ends = (namespace, name, is_job, None if is_job else field)
        told.setdefault(ends, []).append(_transformation(how, masking=masking))
    return [
        {
            **_named(namespace, name),
            "type": "JOB" if is_job else "DATASET",
            **({} if field is None else {"field": field}),
            "transformations": ways,
        }
        for (namespace, name, is_job, field), ways in told.items()
    ]


def _order(flow: FlowRow) -> tuple[str, str, bool, str, str, str, bool]:
    namespace, name, is_job, field, ours, how, masking = flow
    return namespace, name, is_job, field or "", ours or "", how, masking


def _transformation(how: str, *, masking: bool) -> Json:
    kind = "DIRECT" if how in DIRECT_SUBTYPES else "INDIRECT"
    return {"type": kind, "subtype": how.upper(), "masking": masking}
