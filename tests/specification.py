"""What OpenLineage says of an event: its own schemas where they are at hand, and its client's types."""

import functools
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import attr
from jsonschema import Draft202012Validator, FormatChecker
from openlineage.client.facet_v2 import (
    BaseFacet,
    column_lineage_dataset,
    dataset_type_dataset,
    documentation_dataset,
    error_message_run,
    job_type_job,
    nominal_time_run,
    ownership_dataset,
    processing_engine_run,
    schema_dataset,
    sql_job,
    tags_dataset,
)
from openlineage.client.generated import lineage
from referencing import Registry, Resource

from tests.openlineage import DATA

CORE = "OpenLineage.json"
COLUMN_LINEAGE = "ColumnLineageDatasetFacet.json"
FACETS: Mapping[str, type[BaseFacet]] = {
    "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet,
    "datasetType": dataset_type_dataset.DatasetTypeDatasetFacet,
    "documentation": documentation_dataset.DocumentationDatasetFacet,
    "errorMessage": error_message_run.ErrorMessageRunFacet,
    "jobType": job_type_job.JobTypeJobFacet,
    "nominalTime": nominal_time_run.NominalTimeRunFacet,
    "ownership": ownership_dataset.OwnershipDatasetFacet,
    "processing_engine": processing_engine_run.ProcessingEngineRunFacet,
    "schema": schema_dataset.SchemaDatasetFacet,
    "sql": sql_job.SQLJobFacet,
    "tags": tags_dataset.TagsDatasetFacet,
}
PARTS: Mapping[tuple[str, str], type] = {
    ("ownership", "owners"): ownership_dataset.Owner,
    ("schema", "fields"): schema_dataset.SchemaDatasetFacetFields,
    ("tags", "tags"): tags_dataset.TagsDatasetFacetFields,
}
LINEAGE: Mapping[str, type[BaseFacet]] = {
    "LineageDatasetFacet": lineage.LineageDatasetFacet,
    "LineageJobFacet": lineage.LineageJobFacet,
}
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None


@FORMATS.checks("uuid", raises=ValueError)
def _is_uuid(value: object) -> bool:
    return isinstance(value, str) and str(UUID(value)) == value.lower()


@FORMATS.checks("uri", raises=ValueError)
def _is_uri(value: object) -> bool:
    return isinstance(value, str) and bool(urlsplit(value).scheme) and value.isascii() and " " not in value


def is_at_hand() -> bool:
    """Whether the specification's own schemas are there to be checked against."""
    return (DATA / CORE).is_file()


@functools.cache
def _validator(definition: str) -> Draft202012Validator:
    schemas = [json.loads((DATA / name).read_bytes()) for name in (CORE, COLUMN_LINEAGE)]
    registry = Registry().with_resources((each["$id"], Resource.from_contents(each)) for each in schemas)
    return Draft202012Validator({"$ref": definition}, registry=registry, format_checker=FORMATS)


def problems(event: Mapping[str, Any]) -> list[str]:
    """What is wrong with an event; an empty list if nothing is."""
    found = list(_problems_of_facets(event))
    if is_at_hand():
        found += [error.message for error in _validator(event["schemaURL"]).iter_errors(event)]
        for facet in (facet for name, facet in facets_in(event) if name == "columnLineage"):
            found += [error.message for error in _validator(facet["_schemaURL"]).iter_errors(facet)]
    return found


def facets_in(event: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The facets of all that an event names, by name."""
    named = [event.get("run"), event.get("job"), event.get("dataset")]
    for each in (*named, *event.get("inputs", ()), *event.get("outputs", ())):
        yield from ((each or {}).get("facets") or {}).items()


def _problems_of_facets(event: Mapping[str, Any]) -> Iterator[str]:
    for name, facet in facets_in(event):
        url = str(facet.get("_schemaURL"))
        kind = FACETS.get(name) or LINEAGE.get(url.rpartition("/")[2])
        if kind is None:
            if not url.endswith("/2-0-2/OpenLineage.json#/$defs/RunFacet"):
                yield f"{name} is no facet of the specification, nor says which schema it keeps to"
            continue
        if url != kind._get_schema():  # noqa: SLF001 - the client has no other name for it
            yield f"{name} says that it keeps to {url}"
        members = {key: value for key, value in facet.items() if not key.startswith("_")}
        yield from _problems_of(name, kind, members)
        for (of, member), part in PARTS.items():
            if of == name:
                for each in facet.get(member, ()):
                    yield from _problems_of(f"{name}.{member}", part, each)


def _problems_of(name: str, kind: type, members: Mapping[str, Any]) -> Iterator[str]:
    """Members that a type of the client does not have, and those without which it is none."""
    fields = {each.name.lstrip("_"): each for each in attr.fields(kind) if not each.name.startswith("_")}
    yield from (f"{name} has no {each}" for each in members.keys() - fields.keys())
    needed = {key for key, each in fields.items() if each.init and each.default is attr.NOTHING}
    yield from (f"{name} lacks {each}" for each in needed - members.keys())
