"""What facets say: schemas, flows between columns in both generations of the facet, symlinks, owners and tags.

A facet that breaks its own schema says nothing: producers send what they like, and the rest still counts.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from jobs.engines.lineage.values import DIRECT_SUBTYPES, Subtype
from jobs.engines.openlineage.values import Field, Flow, Point, Ref

MAX_FIELDS = 20_000  # of one schema
KNOWN = {subtype.name: subtype for subtype in Subtype}  # DEPENDENCY is what our own exports add
MASKED = "MASKED"  # of the facet's first generation
TABLE = "TABLE"  # the type of a symlink that names what people query


def text_of(value: Any) -> str:
    """A text without NUL, which no database keeps; empty for anything else."""
    return value.replace("\0", "") if isinstance(value, str) else ""


def objects_in(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a list; none of anything else."""
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict))


def ref_of(value: Mapping[str, Any], *, is_job: bool = False) -> Ref | None:
    """A dataset or job by its namespace and name; None if either is missing."""
    namespace, name = text_of(value.get("namespace")), text_of(value.get("name"))
    return Ref(namespace, name, is_job) if namespace and name else None


def fields_of(facets: Mapping[str, Any]) -> Iterator[Field]:
    """The fields of a schema, each before those inside of it."""
    stack = [("", each) for each in reversed(list(objects_in((facets.get("schema") or {}).get("fields"))))]
    count = 0
    while stack and count < MAX_FIELDS:
        before, field = stack.pop()
        name = text_of(field.get("name"))
        if not name:
            continue
        count += 1
        yield Field(f"{before}{name}", text_of(field.get("type")) or None, text_of(field.get("description")))
        stack += [(f"{before}{name}.", each) for each in reversed(list(objects_in(field.get("fields"))))]


def symlinks_of(facets: Mapping[str, Any]) -> Iterator[tuple[Ref, bool]]:
    """What else a dataset is called, and whether that is a table's name."""
    for each in objects_in((facets.get("symlinks") or {}).get("identifiers")):
        ref = ref_of(each)
        if ref is not None:
            yield ref, text_of(each.get("type")).upper() == TABLE


def owners_of(facets: Mapping[str, Any]) -> Iterator[str]:
    """Who owns a dataset."""
    for each in objects_in((facets.get("ownership") or {}).get("owners")):
        if text_of(each.get("name")):
            yield text_of(each.get("name"))


def tags_of(facets: Mapping[str, Any]) -> Iterator[tuple[str | None, str]]:
    """The tags of a dataset, each with the field that it is about, if any."""
    for each in objects_in((facets.get("tags") or {}).get("tags")):
        key, value = text_of(each.get("key")), text_of(each.get("value"))
        if key:
            shown = key if value.lower() in {"", "true"} else f"{key}:{value}"
            yield text_of(each.get("field")) or None, shown


def flows_of(target: Ref, facets: Mapping[str, Any], job: Ref | None) -> Iterator[Flow]:
    """What flows into a dataset, as its facets columnLineage and lineage say."""
    column_lineage = facets.get("columnLineage") or {}
    fields = column_lineage.get("fields")
    for name, field in fields.items() if isinstance(fields, dict) else ():
        if isinstance(field, dict):
            for each in objects_in(field.get("inputFields")):
                yield from _flows(each, Point(target, text_of(name) or None), field, job)
    for each in objects_in(column_lineage.get("dataset")):
        yield from _flows(each, Point(target), {}, job)
    if "lineage" in facets:
        yield from _entry(facets["lineage"], target, job)


def flows_of_job(job: Ref, facets: Mapping[str, Any]) -> Iterator[Flow]:
    """What flows into datasets and jobs, as a job's facet lineage says."""
    for entry in objects_in((facets.get("lineage") or {}).get("entries")):
        is_job = text_of(entry.get("type")).upper() == "JOB"
        target = ref_of(entry, is_job=is_job) or (job if is_job else None)
        if target is not None:
            yield from _entry(entry, target, job)


def _entry(entry: Mapping[str, Any], target: Ref, job: Ref | None) -> Iterator[Flow]:
    for each in objects_in(entry.get("inputs")):
        yield from _flows(each, Point(target), {}, job)
    fields = entry.get("fields")
    for name, field in fields.items() if isinstance(fields, dict) else ():
        if isinstance(field, dict):
            for each in objects_in(field.get("inputs")):
                yield from _flows(each, Point(target, text_of(name) or None), {}, job)


def _flows(
    given: Mapping[str, Any], target: Point, older: Mapping[str, Any], job: Ref | None
) -> Iterator[Flow]:
    """The flows of one input, one for each transformation. A job without a name is the one that tells."""
    is_job = text_of(given.get("type")).upper() == "JOB"
    ref = ref_of(given, is_job=is_job) or (job if is_job else None)
    if ref is None:
        return
    source = Point(ref, text_of(given.get("field")) or None)
    transformations = list(objects_in(given.get("transformations")))
    if not transformations:
        yield _untold(source, target, older)
    for each in transformations:
        yield _told(source, target, each)


def _told(source: Point, target: Point, transformation: Mapping[str, Any]) -> Flow:
    """A flow as its transformation tells it; a subtype that nobody knows is kept in words."""
    direct = text_of(transformation.get("type")).upper() != "INDIRECT"
    named, words = text_of(transformation.get("subtype")).upper(), text_of(transformation.get("description"))
    known = KNOWN.get(named)
    if known is None or (known in DIRECT_SUBTYPES) is not direct:
        known = Subtype.TRANSFORMATION if direct else Subtype.CONDITIONAL
        words = " ".join(filter(None, (named, words)))
    return Flow(source, target, known, transformation.get("masking") is True, words)


def _untold(source: Point, target: Point, older: Mapping[str, Any]) -> Flow:
    """A flow without transformations: the facet's first generation told them of the output."""
    kind = text_of(older.get("transformationType")).upper()
    words = text_of(older.get("transformationDescription"))
    if source.field is None:
        return Flow(source, target, Subtype.DEPENDENCY, words=words)
    if target.field is None:
        return Flow(source, target, Subtype.CONDITIONAL, words=words)
    how = Subtype.IDENTITY if kind == Subtype.IDENTITY.name else Subtype.TRANSFORMATION
    return Flow(source, target, how, masking=kind == MASKED, words=words)
