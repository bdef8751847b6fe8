"""OpenLineage's own things as frozen values: what events say of datasets, jobs and what flows between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from jobs.engines.lineage.values import Subtype


class EventType(StrEnum):
    """Where a run was when its event was sent. The later ones end a run; of two ends the stronger counts."""

    OTHER = "OTHER"
    START = "START"
    RUNNING = "RUNNING"
    COMPLETE = "COMPLETE"
    ABORT = "ABORT"
    FAIL = "FAIL"


class Ref(NamedTuple):
    """A dataset or a job: what OpenLineage knows it by."""

    namespace: str
    name: str
    is_job: bool = False


class Point(NamedTuple):
    """One end of a flow: a field, or without one the whole."""

    ref: Ref
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """`source` flows into, or influences, `target`. `words` are the event's own of how it does."""

    source: Point
    target: Point
    subtype: Subtype
    masking: bool = False
    words: str = ""


class Field(NamedTuple):
    """A field of a dataset's schema; those inside of others are called with dots."""

    name: str
    data_type: str | None
    description: str


@dataclass(frozen=True, slots=True)
class Said:
    """What one event says of a dataset: its facets, by name."""

    ref: Ref
    facets: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """One event. `key` is the run's id, or names the job or the dataset where no run is told of."""

    key: str
    time: str  # in UTC, so that texts sort as moments do
    type: EventType
    job: Ref | None
    job_facets: Mapping[str, Any]
    inputs: tuple[Said, ...]
    outputs: tuple[Said, ...]
