"""A large graph, straight into the tables of a SQLite file: the same each time, shaped like a warehouse."""

import contextlib
import random
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from db.columns import fold_case
from db.models import MAIN_WORKSPACE

LAYERS = 40
BATCH = 2_000  # assets written at once
NAMESPACE = f"headwater://{MAIN_WORKSPACE}"
MOMENT = "2026-01-01 00:00:00.000000"
DEFINITION, SOURCE, STATEMENT = (f"{number:032x}" for number in range(3))
HOW = ("identity", "identity", "identity", "transformation", "aggregation")
DECIDING = ("join", "filter", "group_by")

Row = Mapping[str, str | int | None]
Planted = tuple[str, Row]
SAID: Row = {"workspace": MAIN_WORKSPACE, "source_pk": SOURCE, "since": 1, "until": None}
BORN: Row = {"workspace": MAIN_WORKSPACE, "born": 1}


@dataclass(frozen=True, slots=True)
class Table:
    """An asset that is there already: what later ones may read."""

    pk: str
    columns: tuple[str, ...]


def plant(file: Path, assets: int, seed: int = 1) -> int:
    """Fill a migrated, empty database with a graph at revision 1; how many edges it has: about 14 an asset.

    An asset has 5 to 15 columns and reads one to three assets of the layers before it, a few of which are
    read by hundreds. Each column is made of one column or two; one to three columns decide about all of them.
    Indexes are made last: keeping them up row by row takes six times as long.
    """
    chance = random.Random(seed)  # noqa: S311 - the same graph each time
    edges = 0
    with contextlib.closing(sqlite3.connect(file)) as database:
        indexes = database.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        )
        made = dict(indexes.fetchall())
        for name in made:
            database.execute(f'DROP INDEX "{name}"')
        _write(database, _beginning())
        layers: list[list[Table]] = []
        for begin in range(0, assets, BATCH):
            numbers = range(begin, min(begin + BATCH, assets))
            rows = [
                row for number in numbers for row in _asset(chance, layers, number, number * LAYERS // assets)
            ]
            edges += sum(table == "edges" for table, _ in rows)
            _write(database, rows)
        for statement in made.values():
            database.execute(statement)
        database.execute("UPDATE workspaces SET head = 1 WHERE name = ?", (MAIN_WORKSPACE,))
        database.execute("ANALYZE")
        database.commit()
    return edges


def _write(database: sqlite3.Connection, rows: Iterable[Planted]) -> None:
    for table, of_table in groupby(sorted(rows, key=lambda row: row[0]), key=lambda row: row[0]):
        every = [row for _, row in of_table]
        names = ", ".join(f'"{name}"' for name in every[0])
        places = ", ".join("?" * len(every[0]))
        statement = f"INSERT INTO {table} ({names}) VALUES ({places})"
        database.executemany(statement, [tuple(row.values()) for row in every])


def _beginning() -> Iterator[Planted]:
    yield "sources", {"pk": SOURCE, "workspace": MAIN_WORKSPACE, "name": "plant", "created_at": MOMENT}
    yield "definitions", {**BORN, "pk": DEFINITION, "body": "SELECT 1"}
    place: Row = {"text_name": "plant.sql", "start": 0, "line": 1, "verb": "SELECT"}
    yield "statements", {**SAID, **place, "pk": STATEMENT, "fact": STATEMENT, "definition_pk": DEFINITION}
    state: Row = {"number": 1, "attempt": 1, "state": "committed"}
    yield "revisions", {**state, "workspace": MAIN_WORKSPACE, "reserved_at": MOMENT, "committed_at": MOMENT}


def _id(chance: random.Random) -> str:
    return f"{chance.getrandbits(128):032x}"


def _fact(chance: random.Random) -> Row:
    pk = _id(chance)
    return {**SAID, "pk": pk, "fact": pk}


def _asset(chance: random.Random, layers: list[list[Table]], number: int, layer: int) -> Iterator[Planted]:
    """The rows of an asset that reads some of the layers before it; it joins its layer."""
    if len(layers) <= layer:
        layers.append([])
    table = Table(_id(chance), tuple(_id(chance) for _ in range(chance.randint(5, 15))))
    yield from _named(chance, table, f"layer_{layer}.table_{number}", layer)
    if layer:
        yield from _fed(chance, table, [_read(chance, layers, layer) for _ in range(chance.randint(1, 3))])
    layers[layer].append(table)


def _read(chance: random.Random, layers: list[list[Table]], layer: int) -> Table:
    """An asset to read: mostly of the layer before, and rather an early one of it than a late one."""
    before = layers[layer - 1 if chance.random() < 0.8 else chance.randrange(layer)]
    return before[int(len(before) * chance.random() ** 2)]


def _named(chance: random.Random, table: Table, name: str, layer: int) -> Iterator[Planted]:
    spelled: Row = {"namespace": NAMESPACE, "name_key": name, "name": name, "folded": fold_case(name)}
    yield "assets", {**BORN, **spelled, "pk": table.pk}
    shown: Row = {"kind": "view" if layer else "table", "columns_complete": 1, "asset_pk": table.pk}
    yield "asset_facts", {**_fact(chance), **shown}
    for ordinal, pk in enumerate(table.columns):
        key = f"column_{ordinal}"
        spelled = {"name_key": key, "name": key, "folded": fold_case(key)}
        yield "columns", {**BORN, **spelled, "pk": pk, "asset_pk": table.pk}
        yield "column_facts", {**_fact(chance), "column_pk": pk, "ordinal": ordinal, "data_type": "INT"}


def _fed(chance: random.Random, table: Table, sources: list[Table]) -> Iterator[Planted]:
    for column in table.columns:
        both = len(sources) > 1 and chance.random() < 0.2
        for source in chance.sample(sources, k=2 if both else 1):
            how: Row = {"kind": "direct", "subtype": chance.choice(HOW), "target_column_pk": column}
            yield from _edge(chance, source, table, how)
    for _ in range(chance.randint(1, 3)):
        how = {"kind": "indirect", "subtype": chance.choice(DECIDING), "target_column_pk": None}
        yield from _edge(chance, chance.choice(sources), table, how)


def _edge(chance: random.Random, source: Table, target: Table, how: Row) -> Iterator[Planted]:
    pk = _id(chance)
    ends: Row = {
        "source_asset_pk": source.pk,
        "source_column_pk": chance.choice(source.columns),
        "target_asset_pk": target.pk,
    }
    yield "edges", {**BORN, **ends, **how, "pk": pk, "masking": 0}
    words: Row = {
        "origin": "parsed",
        "definition_pk": DEFINITION,
        "start": 0,
        "end": 8,
        "ordinal": 0,
        "note": "",
    }
    yield "evidence", {**_fact(chance), **words, "edge_pk": pk}
