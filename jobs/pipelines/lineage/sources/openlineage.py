"""OpenLineage events, as files: a JSON event, an array of them, or one on each line."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from jobs.engines.lineage.values import (
    DIRECT_SUBTYPES,
    AnnotationKind,
    Column,
    Edge,
    EdgeKind,
    End,
    Evidence,
    Lineage,
    Origin,
    Reason,
    Relation,
    RelationKind,
    Span,
    SqlText,
    Statement,
    Subtype,
    Unresolved,
)
from jobs.engines.openlineage.events import NoEvent, Refused, events_in, read_events
from jobs.engines.openlineage.facets import fields_of, owners_of, tags_of, text_of
from jobs.engines.openlineage.merge import JobRun, datasets_of, flows_in, merged, names_of
from jobs.engines.openlineage.values import Event, EventType, Flow, Point, Ref
from jobs.errors import BadCatalog, Problem
from jobs.pipelines.lineage.sources.material import File, Imported, Material, Said

MAX_BYTES = 256_000_000  # of all files together
SAYS = "EVENT"  # the verb of a line of a record
FAILED = "only runs that failed or were aborted say so"
AHEAD = timedelta(days=1)  # that clocks may differ by
REMEDY = "Send it as the OpenLineage specification says: the others of this file are not affected."
KINDS = {
    kind.name: kind for kind in RelationKind if kind is not RelationKind.JOB
}  # as our own exports name them
Facets = Mapping[str, object]


def read(files: Sequence[File]) -> Material:
    """What events bring: datasets in their own namespaces, and what flows between them, column by column.

    Events of a run are merged by its id, in any order; the same event twice is once. One that breaks the
    specification is listed as a gap. A line of a record, called like the job, is the evidence of each edge.

    Raises:
        BadCatalog: A file is no JSON, holds nothing, or all together are too large.
    """
    events: list[Event] = []
    gaps: list[Unresolved] = []
    size = sum(file.path.stat().st_size for file in files)
    for file in files:
        if size > MAX_BYTES:
            _refuse(file, "TOO_LARGE", f"and the others have {size:,} bytes; at most {MAX_BYTES:,} are taken")
        try:
            found, refused = read_events(events_in(file.path.read_bytes()))
        except NoEvent as problem:
            _refuse(file, "NOT_JSON", str(problem))
        if not found:
            first = f": {refused[0].problem}" if refused else ""
            _refuse(file, "NO_EVENTS", f"holds no OpenLineage event{first}")
        events += found
        gaps += (_gap(file.name, each) for each in refused)
    imported = of_events(events, gaps)
    return Material(imported=imported, warnings=tuple(_warnings(events, gaps)))


def _refuse(file: File, code: str, problem: str) -> None:
    raise BadCatalog([Problem(code, file.name, problem)])


def _gap(file: str, refused: Refused) -> Unresolved:
    words = f"event {refused.number:,} is left out: {refused.problem}"
    return Unresolved(file, Span(0, 0, refused.number, 1), Reason.NOT_SUPPORTED, words, REMEDY)


def _warnings(events: Iterable[Event], gaps: Sequence[Unresolved]) -> Iterator[str]:
    latest = (datetime.now(UTC) + AHEAD).isoformat(timespec="microseconds")
    ahead = [event for event in events if event.time > latest]
    if ahead:
        yield f"{len(ahead):,} events are of the future, the last of {max(each.time for each in ahead)}."
    if gaps:
        yield f"{len(gaps):,} events break the specification and are left out: see the gaps."


@dataclass(slots=True)
class _Book:
    """What was found, while it is put together."""

    names: Mapping[Ref, Ref]
    records: dict[str, list[str]] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    ends: dict[str, int] = field(default_factory=dict)
    proofs: dict[tuple[Point, Point, Subtype], dict[int, bool]] = field(default_factory=dict)
    masking: dict[tuple[Point, Point, Subtype], bool] = field(default_factory=dict)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)
    sound: set[int] = field(default_factory=set)  # lines that a run says which did not fail

    def called(self, point: Point) -> Point:
        """A point by the one name of its dataset."""
        return Point(self.names.get(point.ref, point.ref), point.field)

    def note(self, run: JobRun, flow: Flow) -> None:
        """Take a flow in, with a line that says it."""
        source, target = self.called(flow.source), self.called(flow.target)
        if source == target:
            return
        text = f"{run.job.namespace}/{run.job.name}" if run.job is not None else run.key
        at = self._line(
            text, f"{_shown(target)} from {_shown(source)}: {flow.subtype.name} {flow.words}".strip()
        )
        if run.ended not in {EventType.FAIL, EventType.ABORT}:
            self.sound.add(at)
        ends = source, target, flow.subtype
        self.proofs.setdefault(ends, {})[at] = True
        self.masking[ends] = self.masking.get(ends, True) and flow.masking

    def _line(self, text: str, words: str) -> int:
        words = " ".join(words.split())
        found = self.lines.get((text, words))
        if found is not None:
            return found
        lines = self.records.setdefault(text, [])
        lines.append(words)
        start = self.ends.get(text, 0)
        self.ends[text] = start + len(words) + 1
        span = Span(start, start + len(words), len(lines), 1)
        self.statements.append(Statement(text, span, SAYS))
        self.lines[text, words] = len(self.statements) - 1
        return len(self.statements) - 1


def of_events(events: Sequence[Event], gaps: Sequence[Unresolved] = ()) -> Imported:
    """What events say, as lineage."""
    runs = merged(events)
    datasets = datasets_of(runs)
    book = _Book(names_of(datasets))
    for run in runs:
        for flow in flows_in(run):
            book.note(run, flow)
    together: dict[Ref, dict[str, object]] = {}
    for ref, facets in datasets.items():
        own = together.setdefault(book.names.get(ref, ref), {})
        for name, facet in facets.items():
            own.setdefault(name, facet)
    mentioned: dict[Ref, dict[str, None]] = {ref: {} for ref in together}
    for source, target, _ in book.proofs:
        for point in (source, target):
            mentioned.setdefault(point.ref, {}).update({point.field: None} if point.field else {})
    relations = [_relation(ref, together.get(ref, {}), fields) for ref, fields in sorted(mentioned.items())]
    lineage = Lineage(
        tuple(book.statements), tuple(relations), tuple(_edges(book)), tuple(gaps), len(book.statements)
    )
    return Imported(
        lineage,
        tuple(SqlText(name, "\n".join(lines)) for name, lines in book.records.items()),
        {key_of(ref): (ref.namespace, ref.name) for ref in mentioned},
        tuple(each for ref, facets in sorted(together.items()) for each in _said(ref, facets)),
    )


def key_of(ref: Ref) -> str:
    """The key of a dataset or job among those of events: a name may be in many namespaces."""
    return f"{ref.namespace}\t{ref.name}"


def _shown(point: Point) -> str:
    return f"{point.ref.name}.{point.field}" if point.field else point.ref.name


def _end(point: Point) -> End:
    return End(key_of(point.ref), point.field)


def _order(ends: tuple[Point, Point, Subtype]) -> tuple[tuple[Ref, str], tuple[Ref, str], Subtype]:
    source, target, how = ends
    return (source.ref, source.field or ""), (target.ref, target.field or ""), how


def _edges(book: _Book) -> Iterator[Edge]:
    for ends in sorted(book.proofs, key=_order):
        source, target, how = ends
        evidence = tuple(
            Evidence(at, book.statements[at].span, Origin.IMPORTED, "" if at in book.sound else FAILED)
            for at in book.proofs[ends]
        )
        kind = EdgeKind.DIRECT if how in DIRECT_SUBTYPES else EdgeKind.INDIRECT
        yield Edge(_end(source), _end(target), kind, how, book.masking[ends], evidence)


def _relation(ref: Ref, facets: Facets, mentioned: Iterable[str]) -> Relation:
    told = {each.name: Column(each.name, each.data_type, each.name) for each in fields_of(facets)}
    columns = {**told, **{name: Column(name, None, name) for name in mentioned if name not in told}}
    words = facets.get("documentation")
    description = text_of(words.get("description")) if isinstance(words, dict) else ""
    kind = _kind(ref, facets, has_schema=bool(told))
    complete = bool(told) and kind is not RelationKind.EXTERNAL
    return Relation(key_of(ref), ref.name, kind, tuple(columns.values()), complete, description=description)


def _kind(ref: Ref, facets: Facets, *, has_schema: bool) -> RelationKind:
    if ref.is_job:
        return RelationKind.JOB
    told = facets.get("datasetType")
    named = text_of(told.get("datasetType")).upper() if isinstance(told, dict) else ""
    if named in KINDS:
        return KINDS[named]
    if "VIEW" in named:
        return RelationKind.VIEW
    return RelationKind.TABLE if named or has_schema else RelationKind.EXTERNAL


def _said(ref: Ref, facets: Facets) -> Iterator[Said]:
    """Yield owners and tags of a dataset, and the descriptions of its columns."""
    key = key_of(ref)
    fields = list(fields_of(facets))
    names = {each.name for each in fields}
    yield from (Said(End(key), AnnotationKind.OWNER, owner) for owner in owners_of(facets))
    for name, tag in tags_of(facets):
        if name is None or name in names:
            yield Said(End(key, name), AnnotationKind.TAG, tag)
    for each in fields:
        if each.description:
            yield Said(End(key, each.name), AnnotationKind.DESCRIPTION, each.description)
