"""Full search over 100,000 definitions, on SQLite and on PostgreSQL, beside bare FTS5 over the same texts.

All three are asked the same questions in turns, in one process, so that what else the machine does meets all.
"""

import contextlib
import random
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

import psycopg

from bench.figures import Figure
from bench.latency import percentile
from bench.views import WORDS
from db import migrate
from db.assertions import Change, ensure_source, write_changes
from db.entries import PARTS, Part
from db.fulltext import Search, search_texts
from db.lineage import Asset, AssetFact, Definition, StatementFact, identity
from db.passages import passages
from db.questions import read_question
from db.session import Session
from db.store import Store
from tests.servers import short_folder, start_postgres

DEFINITIONS, COLUMNS = 100_000, 24  # texts of some 1,000 characters
BATCH = 1_000  # of them written in one transaction
VOCABULARY = 4_000  # made words, the first of which are in many texts and the last in few
SEED, ROUNDS, PAGE = 20_261_126, 5, 20

Ask: TypeAlias = Callable[[str, str], int]
"""Asks a question in our language and in that of FTS5; how many are on the page."""


def vocabulary() -> list[str]:
    """Words of three parts: they differ, and stems of them do not."""
    parts = ["ba", "do", "fi", "gu", "ke", "lo", "mi", "nu", "pa", "ro", "si", "tu", "ve", "wa", "xo", "zu"]
    return [f"{one}{two}{three}" for one in parts for two in parts for three in parts][:VOCABULARY]


def texts(count: int) -> Iterator[tuple[str, str]]:
    """Views, each with its name: the words of an expression are as frequent as words are in catalogs."""
    chance, made = random.Random(SEED), vocabulary()  # noqa: S311 - the same texts each time
    weights = [1 / place for place in range(1, VOCABULARY + 1)]
    for number in range(count):
        rare = iter(chance.choices(made, weights, k=2 * COLUMNS))
        own = iter(chance.choices(WORDS, k=COLUMNS))
        listed = ",\n    ".join(
            f"SUM(o.{next(rare)}_{next(own)}) AS {next(rare)}_total" for _ in range(COLUMNS)
        )
        name = f"mart.{made[number % VOCABULARY]}_{number}"
        yield name, f"CREATE VIEW {name} AS SELECT\n    {listed}\nFROM shop.orders AS o GROUP BY o.customer_id"


def questions() -> list[tuple[str, str]]:
    """What is asked, in our language and in that of FTS5: words in few texts, in many, in all; and together."""
    made = vocabulary()
    few, some, many = made[3000::100], made[300:700:50], made[:4]
    asked = [(word, word) for word in (*few, *some, *many, "customer", "select")]
    asked += [(f"{one} {other}", f"{one} AND {other}") for one, other in zip(few, many * 3, strict=False)]
    asked += [(f"{one} OR {other}", f"{one} OR {other}") for one, other in zip(few, some, strict=False)]
    asked += [(f'"{word} total"', f'"{word} total"') for word in (*some[:3], *few[:3])]
    asked += [(f"{word[:4]}* NOT {many[0]}", f"{word[:4]}* NOT {many[0]}") for word in some[:3]]
    return asked


def changes(number: int, text: tuple[str, str], source: object) -> Iterator[Change]:
    """A view as a run writes it."""
    name, body = text
    asset, definition = identity("asset", name), identity("definition", body)
    own = {"workspace": "main", "born": 1}
    said = {"workspace": "main", "source_pk": source, "since": 1}
    yield Change(Definition, own | {"pk": definition, "body": body})
    yield Change(Asset, own | {"pk": asset, "namespace": "n", "name_key": name, "name": name})
    fact = {"pk": identity("f", name), "fact": identity("f", name), "asset_pk": asset, "kind": "view"}
    yield Change(AssetFact, said | fact | {"columns_complete": True, "definition_pk": definition})
    place = {"text_name": f"{number}.sql", "start": 0, "line": 1, "verb": "CREATE"}
    stands = {"pk": identity("s", name), "fact": identity("s", name), "definition_pk": definition}
    yield Change(StatementFact, said | stands | place)


def fill(store: Store, every: Sequence[tuple[str, str]]) -> None:
    source = store.write_now(lambda session: ensure_source(session, "main", "bench"))
    for at in range(0, len(every), BATCH):
        some = enumerate(every[at : at + BATCH], at)
        batch = [change for number, text in some for change in changes(number, text, source)]
        store.write_now(partial(write_changes, changes=batch, revision=1))
    if store.url.startswith("postgresql"):  # servers do so by themselves; the bench has that switched off
        with psycopg.connect(store.url.replace("+psycopg", ""), autocommit=True) as database:
            database.execute("VACUUM ANALYZE")


@contextlib.contextmanager
def service(url: str, every: Sequence[tuple[str, str]]) -> Iterator[Ask]:
    """Ours over a database that holds the texts: a page of hits with all that is told of them."""
    migrate.upgrade(url)
    store = Store(url)
    fill(store, every)

    def page(session: Session, question: str) -> int:
        search = Search("main", 1, read_question(question), frozenset(PARTS))
        hits = search_texts(session, search, after=None, limit=PAGE + 1, counted=False).hits
        passages(session, search, [hit.place.pk for hit in hits if hit.place.part is Part.DEFINITION])
        return len(hits)

    try:
        yield lambda question, _: store.read_now(partial(page, question=question))
    finally:
        store.close()


@contextlib.contextmanager
def bare(file: Path, every: Sequence[tuple[str, str]]) -> Iterator[Ask]:
    """FTS5 as one writes it without us: texts alone, its own stems, score and snippet."""
    query = (
        "SELECT rowid, snippet(texts, 0, '', '', '', 20) FROM texts WHERE texts MATCH ? "
        f"ORDER BY rank LIMIT {PAGE + 1}"
    )
    with contextlib.closing(sqlite3.connect(file)) as database:
        words = "porter unicode61 separators '_'"
        database.execute(f'CREATE VIRTUAL TABLE texts USING fts5(body, tokenize = "{words}")')
        database.executemany("INSERT INTO texts VALUES (?)", ((body,) for _, body in every))
        database.commit()
        yield lambda _, question: len(database.execute(query, (question,)).fetchall())


def took(asks: Sequence[Ask]) -> list[list[float]]:
    """Milliseconds of each question, for each of those asked, who take turns."""
    found: list[list[float]] = [[] for _ in asks]
    for round_ in range(ROUNDS + 1):
        for ours, theirs in questions():
            for ask, own in zip(asks, found, strict=True):
                began = time.perf_counter()
                ask(ours, theirs)
                if round_:  # the first one warms up
                    own.append((time.perf_counter() - began) * 1000)
    return found


def figures() -> Iterator[Figure]:
    """Write the texts three times, ask, and throw everything away."""
    folder, every = Path(tempfile.mkdtemp(prefix="hwb-")), list(texts(DEFINITIONS))
    server = start_postgres(short_folder())
    server.create_database("bench")
    try:
        with (
            service(f"sqlite:///{folder / 'ours.db'}", every) as sqlite,
            service(server.url("bench"), every) as postgres,
            bare(folder / "bare.db", every) as peer,
        ):
            times = took((sqlite, postgres, peer))
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    p95s, medians = [percentile(each, 95) for each in times], [statistics.median(each) for each in times]
    beside = f"bare FTS5 {p95s[2]:.0f} ms; p50 {{:.0f}} ms, bare FTS5 {medians[2]:.0f} ms"
    for place, name in enumerate(("SQLite", "PostgreSQL")):
        figure = f"search of {DEFINITIONS:,} definitions, {name}, p95"
        yield Figure(figure, p95s[place], "ms", "≤ 50", beside.format(medians[place]))
