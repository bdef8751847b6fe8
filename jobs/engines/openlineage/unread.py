"""What an event says of datasets and jobs that nothing of ours reads: kept for whoever can read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from jobs.engines.openlineage.facets import symlinks_of, text_of
from jobs.engines.openlineage.values import Event

READ = frozenset(
    {
        *(
            "columnLineage",
            "datasetType",
            "documentation",
            "lineage",
            "ownership",
            "schema",
            "symlinks",
            "tags",
        ),
    }
)
"""Facets of datasets that are in the graph itself."""
MAX_BYTES = 65_536  # of one facet that is kept whole
MAX_DEPTH = 64  # of what stands in it: answers of ours that hold it have to be written, too
MAX_FACETS = 100  # of one dataset in one event
MAX_NAME = 200  # characters


@dataclass(frozen=True, slots=True)
class Unread:
    """A facet. `body` is its JSON; None where it is too large, or was taken back: then it has no bytes."""

    namespace: str
    dataset: str  # its name, or a job's
    name: str
    said_at: datetime
    producer: str
    schema_url: str
    size_bytes: int
    body: str | None


def unread_of(given: Mapping[str, Any], event: Event) -> list[Unread]:
    """The facets in an event that are not read, under each name that it has for their dataset.

    Args:
        given: The event as it came, which `read_event` took.
        event: The same, read.
    """
    said_at = datetime.fromisoformat(event.time)
    found: list[Unread] = []
    if event.job is not None:
        facets = (given["job"].get("facets") or {}).items()
        kept = [(name, facet) for name, facet in facets if name != "lineage"]
        found += _kept(event.job.namespace, event.job.name, kept, said_at)
    alone = [given["dataset"]] if event.job is None else []
    for dataset in (*alone, *(given.get("inputs") or ()), *(given.get("outputs") or ())):
        facets = [
            (name, facet)
            for part in ("facets", "inputFacets", "outputFacets")
            for name, facet in _members(dataset.get(part))
            if part != "facets" or name not in READ
        ]
        names = {(text_of(dataset["namespace"]), text_of(dataset["name"]))}
        if facets:
            names |= {ref[:2] for ref, _ in symlinks_of(_objects(dataset.get("facets")))}
        for namespace, name in sorted(names):
            found += _kept(namespace, name, facets, said_at)
    return found


def _members(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


def _objects(value: Any) -> Mapping[str, Any]:
    return {name: facet for name, facet in _members(value) if isinstance(facet, dict)}


def _kept(namespace: str, dataset: str, facets: list[tuple[str, Any]], said_at: datetime) -> Iterator[Unread]:
    for name, facet in facets[:MAX_FACETS]:
        shown = text_of(name)
        if not (shown and len(shown) <= MAX_NAME and isinstance(facet, dict)):
            continue
        size, body = (0, None) if facet.get("_deleted") is True else _written(facet)
        producer, url = text_of(facet.get("_producer")), text_of(facet.get("_schemaURL"))
        yield Unread(namespace, dataset, shown, said_at, producer[:2_000], url[:2_000], size, body)


def _written(facet: Mapping[str, Any]) -> tuple[int, str | None]:
    """How many bytes a facet has, and these if they are not too many and not nested too deep."""
    try:
        body = orjson.dumps(facet)
    except orjson.JSONEncodeError:
        return MAX_BYTES + 1, None
    fits = len(body) <= MAX_BYTES and _depth(facet) <= MAX_DEPTH and b"\\u0000" not in body
    return len(body), body.decode() if fits else None


def _depth(value: Any) -> int:
    deepest, stack = 0, [(value, 1)]
    while stack:
        each, depth = stack.pop()
        deepest = max(deepest, depth)
        inner = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        stack += ((one, depth + 1) for one in inner)
    return deepest
