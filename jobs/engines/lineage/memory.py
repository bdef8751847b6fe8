"""What earlier runs over nearly the same texts found, so that unchanged work is not done again.

A text is known by its fingerprint. What binding a write found is kept with all that it looked at: the columns
of relations as they were then. While those are the same, so is what it found. A memory makes runs faster and
changes nothing in what they say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple, TypeAlias

from jobs.engines.lineage.catalog import Catalog, Known, State
from jobs.engines.lineage.edges import Group, Shown, moved
from jobs.engines.lineage.shapes import Made, Name, Reading
from jobs.engines.lineage.values import HintMode, KnownColumns, Lineage, Relation, SqlText, Unresolved

Print: TypeAlias = bytes  # of a text: its dialect, name and characters
Work: TypeAlias = tuple[Print, int, int, str, frozenset[str]]
"""A piece of work: text, number of its statement, number of the write in that, what is done, in which cycle."""


class Setting(NamedTuple):
    """What else decides about a lineage, besides its texts and the columns that are known."""

    dialect: str
    default_schema: str
    hints: HintMode
    results: bool


def fingerprint(text: SqlText, dialect: str) -> Print:
    """Return what tells a text from all others: spans are part of what it says, so white space counts.

    Cost: a microsecond for a thousand characters.
    """
    name = text.name.encode("utf-8", "surrogatepass")
    head = b"%s %d " % (dialect.encode(), len(name))
    return blake2b(head + name + text.sql.encode("utf-8", "surrogatepass"), digest_size=20).digest()


@dataclass(slots=True)
class Record:
    """What a piece of work looked at, and what it found. `at` is the number of its statement among all.

    While it is done, it watches the catalog.
    """

    at: int
    looked: dict[str, State | None] = field(default_factory=dict)
    found: list[Name | str | tuple[str, str, str] | tuple[str, tuple[Made, ...], bool]] = field(
        default_factory=list
    )
    groups: dict[str, Group] = field(default_factory=dict)
    unresolved: tuple[Unresolved, ...] = ()

    def looks(self, key: str, relation: Known | None) -> None:
        """Keep how a relation is before it changes."""
        if key not in self.looked:
            self.looked[key] = relation.state() if relation is not None else None

    def finds(self, name: Name) -> None:
        """Keep a relation that is mentioned for the first time."""
        self.found.append(name)

    def reads(self, key: str) -> None:
        """Keep when a relation is first read."""
        self.found.append(key)

    def learns(self, key: str, columns: tuple[Made, ...], *, complete: bool) -> None:
        """Keep what the columns of a relation are found to be."""
        self.found.append((key, columns, complete))

    def mentions(self, key: str, column: str, spelled: str) -> None:
        """Keep a mention of a column."""
        self.found.append((key, column, spelled))

    def holds(self, catalog: Catalog) -> bool:
        """Whether all that was looked at is as it was."""
        relations = catalog.relations
        for key, state in self.looked.items():
            relation = relations.get(key)
            if (relation.state() if relation is not None else None) != state:
                return False
        return True

    def repeat(self, catalog: Catalog) -> None:
        """Do to the catalog what the work did to it."""
        for each in self.found:
            if isinstance(each, Name):
                catalog.relation(each)
            elif isinstance(each, str):
                catalog.read(catalog.relations[each])
            elif isinstance(each[1], str):
                catalog.mention(each[0], each[1], str(each[2]))
            else:
                catalog.learn(catalog.relations[each[0]], each[1], complete=bool(each[2]))

    def move(self, at: int) -> None:
        """Let what was found be found by another statement: the same one, in another place among all."""
        if at != self.at:
            self.groups = {relation: moved(group, at - self.at) for relation, group in self.groups.items()}
            self.at = at


class Memory:
    """What the last run found. It is for one catalog, and for one run at a time.

    `read` and `bound` count the texts that the last run read, and the writes that it bound.
    """

    def __init__(self) -> None:
        self.read = self.bound = 0
        self.shown = Shown()
        self.relations: dict[str, tuple[State, int | None, Relation]] = {}
        self._setting: Setting | None = None
        self._readings: dict[Print, Reading] = {}
        self._records: dict[Work, Record] = {}
        self._used: dict[Work, Record] = {}
        self._last: tuple[tuple[Print, ...], KnownColumns, Lineage] | None = None

    def begin(self, setting: Setting) -> None:
        """Begin a run; in another setting all is forgotten."""
        self.read = self.bound = 0
        if setting != self._setting:
            self._setting, self._last = setting, None
            self._readings, self._records = {}, {}
            self.shown, self.relations = Shown(), {}
        self._used = {}

    def same(self, prints: Sequence[Print], known: KnownColumns) -> Lineage | None:
        """Return what the last run found, if nothing changed since."""
        if self._last is None or self._last[0] != tuple(prints) or self._last[1] != known:
            return None
        return self._last[2]

    def reading(self, text: Print) -> Reading | None:
        """Return what was read in a text."""
        return self._readings.get(text)

    def recall(self, work: Work, catalog: Catalog) -> Record | None:
        """Return what a piece of work found; None if that is not known, or not true any more."""
        record = self._records.get(work)
        return record if record is not None and record.holds(catalog) else None

    def keep(self, work: Work, record: Record) -> None:
        """Keep what a piece of work found, until the end of the next run."""
        self._used[work] = record

    def end(
        self, prints: Sequence[Print], readings: Iterable[Reading], known: KnownColumns, lineage: Lineage
    ) -> None:
        """End a run: what it did not need is forgotten."""
        self._readings = dict(zip(prints, readings, strict=True))
        self._records, self._used = self._used, {}
        self._last = tuple(prints), dict(known), lineage
