"""Check OpenLineage events and read them: they are hostile, and one that is wrong costs itself alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from jobs.engines.openlineage.values import Event, EventType, Ref, Said

MAX_NAME = 2_000  # characters of a namespace or a name
MAX_ENDS = 10_000  # datasets that one event may name on one side


class NoEvent(ValueError):
    """What is no event: the path of the value that is wrong, and what it should be."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that cannot be read: its number, from 1, and why."""

    number: int
    problem: str


def events_in(content: bytes) -> Iterator[Any]:
    """Yield the values of a file: one JSON value, the elements of one array, or a value on each line.

    Raises:
        NoEvent: It is no JSON.
    """
    if not content.strip():
        return
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        lines = [line for line in content.split(b"\n") if line.strip()]
        if len(lines) < 2:
            raise NoEvent("is no JSON, and no line of it is") from None
        yield from map(_loaded, lines)
        return
    yield from value if isinstance(value, list) else [value]


def _loaded(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None


def read_event(value: Any) -> Event:
    """Return what an event says.

    Raises:
        NoEvent: It breaks the specification where that matters.
    """
    whole = _object(value, "the event")
    time = _moment(whole.get("eventTime"))
    job, run, dataset = whole.get("job"), whole.get("run"), whole.get("dataset")
    inputs = _datasets(whole, "inputs")
    outputs = _datasets(whole, "outputs")
    if job is not None:
        of_job = _object(job, "job")
        ref = Ref(*_name(of_job, "job"), is_job=True)
        key = f"job {ref.namespace} {ref.name}"
        if run is not None:
            key = f"run {_text(_object(run, 'run').get('runId'), 'run.runId')}"
        return Event(key, time, _type(whole.get("eventType")), ref, _facets(of_job, "job"), inputs, outputs)
    if dataset is None:
        raise NoEvent("has neither a job nor a dataset")
    said = _dataset(dataset, "dataset")
    key = f"dataset {said.ref.namespace} {said.ref.name}"
    return Event(key, time, EventType.OTHER, None, {}, (), (said,))


def read_events(values: Iterator[Any]) -> tuple[list[Event], list[Refused]]:
    """Return the events among values, and which values are none."""
    events: list[Event] = []
    refused: list[Refused] = []
    for number, value in enumerate(values, start=1):
        try:
            events.append(read_event(value))
        except NoEvent as problem:
            refused.append(Refused(number, str(problem)))
    return events, refused


def _object(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NoEvent(f"{path} is no object")
    return value


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise NoEvent(f"{path} is no text")
    if len(value) > MAX_NAME:
        raise NoEvent(f"{path} has more than {MAX_NAME:,} characters")
    return value.replace("\0", "")


def _moment(value: Any) -> str:
    """A moment in UTC as text of one length. A clock that goes wrong is the sender's."""
    try:
        moment = datetime.fromisoformat(_text(value, "eventTime"))
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat(timespec="microseconds")
    except (ValueError, OverflowError) as error:
        if isinstance(error, NoEvent):
            raise
        raise NoEvent("eventTime is no moment as ISO 8601 writes it") from error


def _type(value: Any) -> EventType:
    if value is None:
        return EventType.OTHER
    if not isinstance(value, str) or value.upper() not in EventType.__members__:
        raise NoEvent(f"eventType is none of {', '.join(EventType.__members__)}")
    return EventType(value.upper())


def _name(of: Mapping[str, Any], path: str) -> tuple[str, str]:
    return _text(of.get("namespace"), f"{path}.namespace"), _text(of.get("name"), f"{path}.name")


def _facets(of: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    facets = _object(of.get("facets") or {}, f"{path}.facets")
    return {
        name: facet for name, facet in facets.items() if isinstance(facet, dict) and not facet.get("_deleted")
    }


def _datasets(whole: Mapping[str, Any], side: str) -> tuple[Said, ...]:
    given = whole.get(side)
    if given is None:
        return ()
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise NoEvent(f"{side} is no list")
    if len(given) > MAX_ENDS:
        raise NoEvent(f"{side} names {len(given):,} datasets; at most {MAX_ENDS:,} are taken")
    return tuple(_dataset(each, f"{side}[{place}]") for place, each in enumerate(given))


def _dataset(value: Any, path: str) -> Said:
    of = _object(value, path)
    return Said(Ref(*_name(of, path)), _facets(of, path))
