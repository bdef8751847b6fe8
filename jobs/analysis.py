"""Lineage of texts that belong to no run: nothing is kept, and everything is told with its names and words."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from db.confidence import confidence, primary
from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.frontend import ids_of
from jobs.engines.lineage.values import (
    Column,
    Edge,
    EdgeKind,
    End,
    KnownColumns,
    Lineage,
    Origin,
    SqlText,
    Subtype,
    Unresolved,
)
from jobs.errors import InvalidParams
from jobs.pipelines.lineage.compose import without_schemas
from jobs.pipelines.lineage.values import BYTE_ORDER_MARK, Dialect, check_name, check_sql

MAX_CHARACTERS = 100_000  # of a text that is answered at once; a longer one is a run
MAX_RELATIONS = 1_000  # whose columns are told with it
MAX_COLUMNS = 20_000  # of all of them
MAX_EDGES = 2_000  # of one answer: they are written on the event loop
MAX_GAPS = 500
MAX_WORDS = 2_000_000  # characters of all expressions of one answer
MAX_EXCERPT = 2_000  # characters shown of what was not explained, which may be a whole file
AS_A_RUN = "Submit it as a run of the kind lineage, which may take longer."
NAME = "sql"  # of a text that has no other
READING = frozenset({"SELECT", "FROM", "TABLE"})  # the verbs of statements that may only read


@dataclass(frozen=True, slots=True)
class NamedEnd:
    """A column or, without one, an asset as a whole, by their names as shown."""

    asset: str
    column: str | None


@dataclass(frozen=True, slots=True)
class Quoted:
    """An evidence with its words; the place is one in the file."""

    file: str
    line: int
    column: int
    start: int
    end: int
    expression: str
    origin: Origin
    note: str


@dataclass(frozen=True, slots=True)
class NamedEdge:
    """An edge with the names of its ends, and how much it is to be believed."""

    source: NamedEnd
    target: NamedEnd
    kind: EdgeKind
    subtype: Subtype
    masking: bool
    origin: Origin
    confidence: float
    evidence: tuple[Quoted, ...]


@dataclass(frozen=True, slots=True)
class QuotedGap:
    """Something that was not explained, with its first words."""

    file: str
    line: int
    column: int
    start: int
    end: int
    reason: str
    message: str
    remedy: str
    text: str


@dataclass(frozen=True, slots=True)
class Analysis:
    """What one small text says. `truncated`: more was found than is told."""

    edges: tuple[NamedEdge, ...]
    unresolved: tuple[QuotedGap, ...]
    statement_count: int
    explained_count: int
    truncated: bool


def read_lineage(
    texts: Iterable[SqlText],
    dialect: str,
    known: KnownColumns,
    default_schema: str,
    excluded: Collection[str],
    *,
    results: bool,
) -> tuple[Lineage, tuple[str, ...]]:
    """The lineage of texts but for `excluded` schemas (in small letters), and a warning if there are any.

    `results`: whether what queries give to their client is told, too.

    Raises:
        UnknownDialect: There is no such dialect.
    """
    lineage = analyse(texts, dialect, known=known, default_schema=default_schema, results=results)
    return without_schemas(lineage, excluded)


def only_reading(lineage: Lineage) -> int:
    """How many statements are queries whose rows go nowhere: they are explained, and have no edges."""
    telling = {each.statement for edge in lineage.edges for each in edge.evidence}
    telling |= {each.statement for each in lineage.relations if each.statement is not None}
    return sum(each.verb in READING and place not in telling for place, each in enumerate(lineage.statements))


class Naming:
    """The names of relations and columns as first spelled or, where two would share one, their keys."""

    def __init__(self, lineage: Lineage) -> None:
        self._relations = ids_of((each.key, each.name) for each in lineage.relations)
        self._columns = {
            each.key: ids_of((column.key, column.name) for column in each.columns) for each in lineage.relations
        }

    def relation(self, key: str) -> str:
        return self._relations[key]

    def column(self, relation: str, key: str) -> str:
        return self._columns[relation].get(key, key)

    def of(self, end: End) -> NamedEnd:
        column = None if end.column is None else self.column(end.relation, end.column)
        return NamedEnd(self._relations[end.relation], column)


def named_edges(lineage: Lineage, bodies: Mapping[str, str], naming: Naming) -> Iterator[NamedEdge]:
    """All edges, one after the other: those of a large catalog need not be in memory together."""
    for edge in lineage.edges:
        told = [(each.origin.value, bool(each.note)) for each in edge.evidence]
        yield NamedEdge(
            source=naming.of(edge.source),
            target=naming.of(edge.target),
            kind=edge.kind,
            subtype=edge.subtype,
            masking=edge.masking,
            origin=Origin(primary(told)),
            confidence=confidence(told),
            evidence=tuple(_quoted(edge, lineage, bodies)),
        )


def _quoted(edge: Edge, lineage: Lineage, bodies: Mapping[str, str]) -> Iterator[Quoted]:
    for each in edge.evidence:
        file, span = lineage.statements[each.statement].text, each.span
        yield Quoted(
            file=file,
            line=span.line,
            column=span.column,
            start=span.start,
            end=span.end,
            expression=bodies[file][span.start : span.end],
            origin=each.origin,
            note=each.note,
        )


def quoted_gap(gap: Unresolved, bodies: Mapping[str, str]) -> QuotedGap:
    span = gap.span
    return QuotedGap(
        file=gap.text,
        line=span.line,
        column=span.column,
        start=span.start,
        end=span.end,
        reason=gap.reason.value,
        message=gap.message,
        remedy=gap.remedy,
        text=bodies[gap.text][span.start : min(span.end, span.start + MAX_EXCERPT)],
    )


@dataclass(frozen=True, slots=True)
class Question:
    """A small text to explain at once, and columns of relations that it does not define."""

    sql: str
    dialect: Dialect
    columns: tuple[tuple[str, tuple[str, ...]], ...] = ()
    default_schema: str = ""
    known: KnownColumns = field(init=False)

    def __post_init__(self) -> None:
        check_sql("sql", self.sql, MAX_CHARACTERS, hint=AS_A_RUN)
        if self.default_schema:
            check_name("defaultSchema", self.default_schema)
        if len(self.columns) > MAX_RELATIONS:
            problem = f"are of {len(self.columns):,} assets; at most {MAX_RELATIONS:,} are taken"
            raise InvalidParams("columns", problem, hint="Leave out those that the text does not read.")
        total = sum(len(names) for _, names in self.columns)
        if total > MAX_COLUMNS:
            raise InvalidParams("columns", f"are {total:,}; at most {MAX_COLUMNS:,} are taken")
        known: dict[str, tuple[Column, ...]] = {}
        for place, (asset, names) in enumerate(self.columns):
            check_name(f"columns[{place}].asset", asset)
            if asset in known:
                raise InvalidParams(f"columns[{place}].asset", f"repeats {asset!r}")
            for nth, name in enumerate(names):
                check_name(f"columns[{place}].columns[{nth}]", name)
            known[asset] = tuple(map(Column, names))
        object.__setattr__(self, "known", known)


def explain(question: Question, excluded: frozenset[str]) -> Analysis:
    """Answer a question: for a child process, because its text is hostile."""
    # A mark at the beginning is made a blank: places count the characters that were sent.
    marked = question.sql.startswith(BYTE_ORDER_MARK)
    text = SqlText(NAME, f" {question.sql[1:]}" if marked else question.sql)
    bodies = {text.name: text.sql}
    lineage, _ = read_lineage(
        [text], question.dialect.value, question.known, question.default_schema, excluded, results=True
    )
    edges: list[NamedEdge] = []
    words = 0
    for edge in named_edges(lineage, bodies, Naming(lineage)):
        words += sum(len(each.expression) for each in edge.evidence)
        if len(edges) == MAX_EDGES or words > MAX_WORDS:
            break
        edges.append(edge)
    gaps = tuple(quoted_gap(each, bodies) for each in lineage.unresolved[:MAX_GAPS])
    return Analysis(
        edges=tuple(edges),
        unresolved=gaps,
        statement_count=len(lineage.statements),
        explained_count=lineage.explained,
        truncated=len(edges) < len(lineage.edges) or len(gaps) < len(lineage.unresolved),
    )
