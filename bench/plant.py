"""A large graph, straight into the tables of a SQLite file: the same each time, shaped like a warehouse."""

import contextlib
import random
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from db.models import MAIN_WORKSPACE

LAYERS = 40
TWO_SOURCES = 0.9  # of columns are made of two others, the rest of one
BATCH = 5_000  # assets written at once
NAMESPACE = f"headwater://{MAIN_WORKSPACE}"
MOMENT = "2026-01-01 00:00:00.000000"
DEFINITION, SOURCE, STATEMENT = (f"{number:032x}" for number in range(3))
HOW = ("identity", "identity", "identity", "transformation", "aggregation")
DECIDING = ("join", "filter", "group_by")
ENDS = "source_asset_pk, source_column_pk, target_asset_pk, target_column_pk"
COLUMNS = {
    "assets": "pk, workspace, namespace, name_key, name, folded, born",
    "columns": "pk, workspace, asset_pk, name_key, name, folded, born",
    "edges": f"pk, workspace, {ENDS}, kind, subtype, masking, born",
}
BEGINNING = f"""
INSERT INTO sources (pk, workspace, name, created_at)
VALUES ('{SOURCE}', '{MAIN_WORKSPACE}', 'plant', '{MOMENT}');
INSERT INTO definitions (pk, workspace, body, born) VALUES ('{DEFINITION}', '{MAIN_WORKSPACE}', 'SELECT 1', 1);
INSERT INTO statements (pk, fact, workspace, source_pk, since, definition_pk, text_name, start, line, verb)
VALUES ('{STATEMENT}', '{STATEMENT}', '{MAIN_WORKSPACE}',
    '{SOURCE}', 1, '{DEFINITION}', 'a.sql', 0, 1, 'SELECT');
INSERT INTO revisions (workspace, number, attempt, state, reserved_at, committed_at)
VALUES ('{MAIN_WORKSPACE}', 1, 1, 'committed', '{MOMENT}', '{MOMENT}');
UPDATE workspaces SET head = 1 WHERE name = '{MAIN_WORKSPACE}';
"""
# Facts are told from what they are about: their ids are those of that, the halves changed over.
TURNED = "substr(pk, 17) || substr(pk, 1, 16)"
FACT = f"{TURNED}, {TURNED}, '{MAIN_WORKSPACE}', '{SOURCE}', 1"
FACTS = f"""
INSERT INTO asset_facts (pk, fact, workspace, source_pk, since, asset_pk, kind, columns_complete)
SELECT {FACT}, pk, CASE WHEN name LIKE 'layer\\_0.%' ESCAPE '\\' THEN 'table' ELSE 'view' END, 1 FROM assets;
INSERT INTO column_facts (pk, fact, workspace, source_pk, since, column_pk, ordinal, data_type)
SELECT {FACT}, pk, CAST(substr(name, 8) AS INTEGER), 'INT' FROM columns;
INSERT INTO evidence
(pk, fact, workspace, source_pk, since, edge_pk, origin, definition_pk, start, "end", ordinal, note)
SELECT {FACT}, pk, 'parsed', '{DEFINITION}', 0, 8, 0, '' FROM edges;
"""

# Nobody else has the file open, and it is thrown away if this ends half-way: a journal would be for nothing.
QUICKLY = (
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; PRAGMA temp_store = 2;"
)
AS_BEFORE = "PRAGMA journal_mode = WAL;"

Row = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """An asset that is there already: what later ones may read."""

    pk: str
    columns: tuple[str, ...]


@dataclass(slots=True)
class Plot:
    """Rows to be written, and what they may refer to."""

    chance: random.Random
    layers: list[list[Table]] = field(default_factory=lambda: [[] for _ in range(LAYERS)])
    rows: dict[str, list[Row]] = field(default_factory=lambda: {table: [] for table in COLUMNS})

    def id(self) -> str:
        return f"{self.chance.getrandbits(128):032x}"

    def add(self, number: int, layer: int) -> None:
        """An asset that reads some of the layers before it."""
        chance = self.chance
        table = Table(self.id(), tuple(self.id() for _ in range(chance.randint(5, 15))))
        name = f"layer_{layer}.table_{number}"
        self.rows["assets"].append((table.pk, MAIN_WORKSPACE, NAMESPACE, name, name, name, 1))
        for ordinal, pk in enumerate(table.columns):
            own = f"column_{ordinal}"
            self.rows["columns"].append((pk, MAIN_WORKSPACE, table.pk, own, own, own, 1))
        if layer:
            self._feed(table, [self._read(layer) for _ in range(chance.randint(1, 3))])
        self.layers[layer].append(table)

    def _read(self, layer: int) -> Table:
        """An asset to read: mostly of the layer before, and rather an early one of it than a late one."""
        before = self.layers[layer - 1 if self.chance.random() < 0.8 else self.chance.randrange(layer)]
        return before[int(len(before) * self.chance.random() ** 2)]

    def _feed(self, table: Table, sources: Sequence[Table]) -> None:
        chance = self.chance
        for column in table.columns:
            for _ in range(2 if chance.random() < TWO_SOURCES else 1):
                self._edge(chance.choice(sources), table.pk, column, ("direct", chance.choice(HOW)))
        for _ in range(chance.randint(1, 3)):
            self._edge(chance.choice(sources), table.pk, None, ("indirect", chance.choice(DECIDING)))

    def _edge(self, source: Table, asset: str, column: str | None, how: tuple[str, str]) -> None:
        ends = (source.pk, self.chance.choice(source.columns), asset, column)
        self.rows["edges"].append((self.id(), MAIN_WORKSPACE, *ends, *how, 0, 1))


def plant(file: Path, assets: int, seed: int = 1) -> int:
    """Fill a migrated, empty database with a graph at revision 1; how many edges it has: some 20 an asset.

    An asset has 5 to 15 columns and reads one to three assets of the layers before it, a few of which are
    read by hundreds. Each column is made of one column or two; one to three columns decide about all of them.
    Indexes are made last: keeping them up row by row takes many times as long. SQLite is not told how many rows
    there are of what (ANALYZE), as it is not in a service.
    """
    plot, edges = Plot(random.Random(seed)), 0  # noqa: S311 - the same graph each time
    with contextlib.closing(sqlite3.connect(file)) as database:
        database.executescript(QUICKLY)
        made = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        indexes = dict(made.fetchall())
        database.executescript("".join(f'DROP INDEX "{name}";' for name in indexes) + BEGINNING)
        for number in range(assets):
            plot.add(number, number * LAYERS // assets)
            if len(plot.rows["assets"]) == BATCH or number == assets - 1:
                edges += len(plot.rows["edges"])
                _write(database, plot.rows)
        database.commit()
        database.executescript(f"{FACTS} {';'.join(indexes.values())}; {AS_BEFORE}")
    return edges


def _write(database: sqlite3.Connection, rows: dict[str, list[Row]]) -> None:
    for table, columns in COLUMNS.items():
        places = ", ".join("?" * (columns.count(",") + 1))
        database.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows[table])
        rows[table].clear()
