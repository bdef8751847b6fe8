"""What a diff is made of and what it gives: frozen values, nothing that knows where they are kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from jobs.engines.diff.rules import RANKS, RULES, Reason, Severity

EXTERNAL = "external"  # the kind of what is used without being defined


class End(NamedTuple):
    """A column of an asset or, without one, the asset as a whole, by keys that are the same in both states."""

    asset: str
    column: str | None = None


class Script(NamedTuple):
    """A statement, and the dialect that it is written in."""

    sql: str
    dialect: str


class Proof(NamedTuple):
    """An expression of a statement; `outer` tells that it is the output's own, not one further in."""

    script: Script
    start: int
    end: int
    outer: bool = True


class Column(NamedTuple):
    """A column of an asset."""

    key: str
    name: str
    data_type: str | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset as one state has it; `columns` are in order, all there are if `complete`."""

    key: str
    name: str
    kind: str
    namespace: str = ""
    columns: tuple[Column, ...] = ()
    complete: bool = True
    script: Script | None = None
    description: str = ""

    @property
    def defined(self) -> bool:
        """Whether anything defines it: what is only used was never there for anybody."""
        return self.kind != EXTERNAL


class Edge(NamedTuple):
    """`source` flows into, or influences, `target`. Two with the same ends and subtype are one."""

    source: End
    target: End
    direct: bool
    subtype: str
    masking: bool
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class State:
    """A state of lineage, or of it what may differ from another.

    `names` are those of columns, for people; `standing` are statements that stand in it, whatever they prove.
    """

    assets: Mapping[str, Asset] = field(default_factory=dict)
    edges: Sequence[Edge] = ()
    names: Mapping[End, str] = field(default_factory=dict)
    standing: frozenset[Script] = frozenset()

    def place(self, end: End) -> "Place":
        """What an end is called."""
        asset = self.assets.get(end.asset)
        column = None if end.column is None else self.names.get(end, end.column)
        return Place(end, asset.namespace if asset else "", asset.name if asset else end.asset, column)


class Place(NamedTuple):
    """An asset or a column with its names."""

    end: End
    namespace: str
    asset: str
    column: str | None = None

    def __str__(self) -> str:
        return self.asset if self.column is None else f"{self.asset}.{self.column}"


class ChangeKind(StrEnum):
    """What happened to something."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"


class Subject(StrEnum):
    """What it happened to."""

    ASSET = "asset"
    COLUMN = "column"
    EDGE = "edge"


class Side(NamedTuple):
    """How something is in one of two states. `source` is that of an edge; `words` tell the states apart."""

    place: Place
    kind: str
    source: Place | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between two states: how it was and how it is, of which one may be missing."""

    change: ChangeKind
    of: Subject
    reason: Reason
    before: Side | None
    after: Side | None

    @property
    def severity(self) -> Severity:
        return RULES[self.reason].severity

    @property
    def shown(self) -> Side:
        """The newer side that there is."""
        side = self.after or self.before
        if side is None:
            raise ValueError("a change of nothing")
        return side

    @property
    def felt_from(self) -> End:
        """Where what feels it begins: at the target of an edge, else at the thing itself."""
        side = self.before if self.felt_before and self.before else self.shown
        return side.place.end

    @property
    def felt_before(self) -> bool:
        """Whether it is felt by what depended on it before: by readers of what went, or has another name."""
        gone = self.change in {ChangeKind.REMOVED, ChangeKind.RENAMED}
        return self.before is not None and gone and self.of is not Subject.EDGE

    @property
    def order(self) -> tuple[str, ...]:
        """What changes are put in order by: the worst first, then by name. No two of one diff have the same."""
        side = self.shown
        place, source = side.place, side.source
        return (
            str(RANKS[self.severity]),
            place.asset.lower(),
            place.namespace,
            place.end.asset,
            self.of.value,
            place.end.column or "",
            self.reason.value,
            source.end.asset if source else "",
            (source.end.column or "") if source else "",
            side.words if self.of is Subject.EDGE else "",
        )
