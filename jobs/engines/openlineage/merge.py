"""Put events together: those of a run by its id, whatever their order, and twice the same is once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from jobs.engines.lineage.values import Subtype
from jobs.engines.openlineage.facets import flows_of, flows_of_job, symlinks_of
from jobs.engines.openlineage.values import Event, EventType, Flow, Point, Ref

ENDS = (EventType.COMPLETE, EventType.ABORT, EventType.FAIL)  # of two, the later in this order counts

ORDER = {each: at for at, each in enumerate(EventType)}


@dataclass(slots=True)
class JobRun:
    """A run of a job, or what is said of a job or a dataset without one: all events of one key together."""

    key: str
    job: Ref | None = None
    job_facets: dict[str, Any] = field(default_factory=dict)
    ended: EventType | None = None
    inputs: dict[Ref, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[Ref, dict[str, Any]] = field(default_factory=dict)


def merged(events: Iterable[Event]) -> list[JobRun]:
    """Return what events say by run, in order of keys: facets of later events count more than those before."""
    runs: dict[str, JobRun] = {}
    for event in sorted(events, key=_when):
        run = runs.setdefault(event.key, JobRun(event.key))
        run.job = event.job or run.job
        run.job_facets |= event.job_facets
        if event.type in ENDS and (run.ended is None or ENDS.index(event.type) > ENDS.index(run.ended)):
            run.ended = event.type
        for side, told in ((run.inputs, event.inputs), (run.outputs, event.outputs)):
            for said in told:
                side.setdefault(said.ref, {}).update(said.facets)
    return [runs[key] for key in sorted(runs)]


def _when(event: Event) -> tuple[str, int]:
    """Order by time; of one moment a start comes before an end."""
    return event.time, ORDER[event.type]


def datasets_of(runs: Iterable[JobRun]) -> Mapping[Ref, Mapping[str, Any]]:
    """Return the facets of all datasets, those of outputs before those that only readers tell."""
    found: dict[Ref, dict[str, Any]] = {}
    every = list(runs)
    for side in ("outputs", "inputs"):
        for run in every:
            for ref, facets in getattr(run, side).items():
                own = found.setdefault(ref, {})
                for name, facet in facets.items():
                    own.setdefault(name, facet)
    return found


def flows_in(run: JobRun) -> Iterator[Flow]:
    """Yield what flows in a run, as its facets say; of pairs that none tells of, that one needs the other."""
    told: list[Flow] = []
    for ref, facets in run.outputs.items():
        told += flows_of(ref, facets, run.job)
    if run.job is not None:
        told += flows_of_job(run.job, run.job_facets)
    pairs = {(flow.source.ref, flow.target.ref) for flow in told}
    yield from dict.fromkeys(told)
    for source in run.inputs:
        for target in run.outputs:
            if source != target and (source, target) not in pairs:
                yield Flow(Point(source), Point(target), Subtype.DEPENDENCY)


def names_of(datasets: Mapping[Ref, Mapping[str, Any]]) -> Mapping[Ref, Ref]:
    """Return for each dataset the one name of all that symlinks join: a table's name where there is one."""
    above: dict[Ref, Ref] = {}
    tables: set[Ref] = set()

    def root(ref: Ref) -> Ref:
        while above.setdefault(ref, ref) != ref:
            above[ref] = above[above[ref]]
            ref = above[ref]
        return ref

    for ref, facets in datasets.items():
        root(ref)
        for other, is_table in symlinks_of(facets):
            tables |= {other} if is_table else set()
            above[root(ref)] = root(other)
    groups: dict[Ref, list[Ref]] = {}
    for ref in above:
        groups.setdefault(root(ref), []).append(ref)
    return {
        ref: min(group, key=lambda each: (each not in tables, each))
        for group in groups.values()
        for ref in group
    }
