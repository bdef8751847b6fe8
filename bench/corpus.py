"""The procedures whose lineage was written down by hand, as everybody gets them, and how answers are marked."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

FOLDER = Path(__file__).parent.parent / "tests" / "jobs" / "engines" / "lineage" / "procedures"
TRUTH = "-- truth:\n"
TABLE = re.compile(r"^CREATE TABLE (?P<name>[\w.]+) \((?P<columns>.*)\);?$", re.MULTILINE)
COMMA = re.compile(r",(?![^(]*\))")  # not one inside of a type
SEPARATOR = re.compile(r"^(?:GO|/|DELIMITER.*)$", re.MULTILINE)
DOLLARS = re.compile(r"\$(\w*)\$(.*?)\$\1\$", re.DOTALL)

Pair: TypeAlias = tuple[str, str]  # `relation.column` twice, in small letters


@dataclass(frozen=True, slots=True)
class Procedure:
    """A text with one or more routines, the tables that it needs, and the pairs along which values flow.

    Pairs with a relation as a whole on either side are left out: tools differ about what `COUNT(*)` reads.
    """

    name: str
    dialect: str
    default_schema: str
    sql: str
    tables: Mapping[str, tuple[str, ...]]
    pairs: frozenset[Pair]

    def batches(self) -> Iterator[str]:
        """Yield the text as others like it best: no tables, no separators, and bodies in dollars unwrapped."""
        bare = TABLE.sub("", self.sql)
        bodies = [body for _, body in DOLLARS.findall(bare)]
        for batch in bodies or SEPARATOR.split(bare):
            if batch.strip():
                yield batch

    def known(self, relation: str) -> str:
        """Return a relation's name as the catalog has it, if it does."""
        name = relation.lower().replace('"', "")
        qualified = f"{self.default_schema.lower()}.{name}"
        return qualified if qualified in self.tables else name

    def restricted(self, pairs: Iterable[Pair]) -> frozenset[Pair]:
        """Return the pairs between relations of the truth: what the routines keep for themselves goes."""
        relations = {*self.tables, *(end.rpartition(".")[0] for pair in self.pairs for end in pair)}
        return frozenset(pair for pair in pairs if all(end.rpartition(".")[0] in relations for end in pair))


def procedures() -> Iterator[Procedure]:
    """Yield the corpus; nothing where there is none."""
    for path in sorted(FOLDER.glob("*.sql")):
        sql, _, truth = path.read_text(encoding="utf-8").partition(TRUTH)
        lines = sql.splitlines()
        settings = dict(line[3:].split(": ", 1) for line in lines if line.startswith("-- ") and ": " in line)
        flows = [line[2:].strip().lower() for line in truth.splitlines() if " -> " in line]
        yield Procedure(
            path.stem,
            settings["dialect"],
            settings.get("default_schema", ""),
            sql,
            {
                found["name"].lower(): tuple(
                    column.split()[0].lower() for column in COMMA.split(found["columns"])
                )
                for found in TABLE.finditer(sql)
            },
            frozenset(columns_only(flow.partition(" -> ")[::2] for flow in flows)),
        )


def columns_only(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Yield the pairs that have a column on both sides."""
    return (pair for pair in pairs if not any(end.endswith(".*") for end in pair))


def end_to_end(pairs: Iterable[Pair]) -> set[Pair]:
    """Return pairs, and those that lead through others: into a temporary table and out of it again."""
    found = set(pairs)
    while True:
        leaving: dict[str, set[str]] = {}
        for source, target in found:
            leaving.setdefault(source, set()).add(target)
        longer = {(source, last) for source, middle in found for last in leaving.get(middle, ())}
        if longer <= found:
            return found
        found |= longer


@dataclass(frozen=True, slots=True)
class Marks:
    """How answers stand to the truth."""

    right: int  # texts answered fully and with nothing else
    of: int
    hits: int = 0  # pairs that are true
    said: int = 0
    true: int = 0

    @property
    def percent(self) -> float:
        return 100 * self.right / max(self.of, 1)

    @property
    def precision(self) -> float:
        return self.hits / max(self.said, 1)

    @property
    def recall(self) -> float:
        return self.hits / max(self.true, 1)

    def __str__(self) -> str:
        return f"{self.right} of {self.of} (precision {self.precision:.3f}, recall {self.recall:.3f})"


def marked(answers: Iterable[tuple[frozenset[Pair], frozenset[Pair]]]) -> Marks:
    """Mark answers.

    >>> str(marked([(frozenset({("a.x", "b.y")}), frozenset({("a.x", "b.y"), ("a.x", "b.z")}))]))
    '0 of 1 (precision 0.500, recall 1.000)'
    """
    right = of = hits = said = true = 0
    for truth, answer in answers:
        right, of = right + (truth == answer), of + 1
        hits, said, true = hits + len(truth & answer), said + len(answer), true + len(truth)
    return Marks(right, of, hits, said, true)
