"""The lineage engine as a contestant, and what only it is asked for."""

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context

from bench import objects as warehouse
from bench.contest import Task, serve, settle
from bench.corpus import procedures
from bench.views import catalog, wide
from bench.views import procedure as long_procedure
from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.garbage import collecting_rarely
from jobs.engines.lineage.infer import infer
from jobs.engines.lineage.memory import Memory
from jobs.engines.lineage.read import read_text
from jobs.engines.lineage.shapes import Reading
from jobs.engines.lineage.values import Column, EdgeKind, KnownColumns, Lineage, SqlText

DIALECT = "postgres"
CHUNK = 25  # texts that travel to a process together


@cache
def given(views: int) -> tuple[list[SqlText], KnownColumns]:
    """The texts of the views and the columns of the tables; the truth is not kept: memory is measured."""
    made = catalog(views)
    texts = [SqlText(view.name, view.sql) for view in made.views]
    return texts, {table.name: tuple(map(Column, table.columns)) for table in made.tables}


def cold(views: int) -> int:
    """Lineage of all columns, direct and indirect, with evidence; columns of the views are inferred."""
    texts, known = given(views)
    return len(analyse(texts, DIALECT, known=known).edges)


def pairs(views: int) -> list[list[str]]:
    """The direct edges between columns: source relation and column, target relation and column."""
    texts, known = given(views)
    return [[*source, *target] for source, target in direct(analyse(texts, DIALECT, known=known))]


def direct(lineage: Lineage) -> Iterable[tuple[tuple[str, str], tuple[str, str]]]:
    for edge in lineage.edges:
        source, target = edge.source, edge.target
        if edge.kind is EdgeKind.DIRECT and source.column and target.column:
            yield (source.relation, source.column), (target.relation, target.column)


@collecting_rarely()
def read_all(texts: Sequence[SqlText]) -> list[Reading]:
    return [read_text(text, DIALECT) for text in texts]


@collecting_rarely()
def parallel(views: int, processes: int) -> float:
    """Seconds for the same with texts read in so many processes, once these have begun; and inferred in one.

    All of them look for garbage rarely, as those of the service do.
    """
    texts, known = given(views)
    chunks = [texts[at : at + CHUNK] for at in range(0, len(texts), CHUNK)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        list(pool.map(read_all, [texts[:1]] * processes))
        list(pool.map(read_all, chunks[:processes]))
        began = time.perf_counter()
        readings = [reading for chunk in pool.map(read_all, chunks) for reading in chunk]
        infer(readings, known, "", DIALECT)
        return time.perf_counter() - began


def warm(views: int, rounds: int) -> list[list[float]]:
    """CPU of cold runs, of runs with a memory of the same texts, and of runs after a view got a column more."""
    texts, known = given(views)
    memory, edited = Memory(), list(texts)
    analyse(texts, DIALECT, known=known, memory=memory)

    def seconds(given_texts: Sequence[SqlText], remembered: Memory | None = None) -> float:
        settle()
        began = time.process_time()
        analyse(given_texts, DIALECT, known=known, memory=remembered)
        return time.process_time() - began

    took = []
    for at in range(0, views, views // rounds):
        cold, same = seconds(texts), seconds(edited, memory)
        edited[at] = SqlText(texts[at].name, texts[at].sql.replace("SELECT\n", "SELECT\n    1 AS added,\n"))
        took.append([cold, same, seconds(edited, memory)])
    return took


def one_wide(columns: int) -> int:
    return len(analyse([SqlText("wide", wide(columns))], DIALECT).edges)


def one_long(lines: int) -> int:
    """The statements of a long procedure that are explained, counted by what they write."""
    lineage = analyse([SqlText("long", long_procedure(lines))], "tsql", default_schema="dbo")
    return len({target.relation for target in (edge.target for edge in lineage.edges)})


def objects(scale: int) -> int:
    """The catalog of the whole service's bench, so many times as large."""
    texts = [SqlText(name, sql) for _, name, sql in warehouse.definitions(scale)]
    names = [f"c{place}" for place in range(warehouse.COLUMNS)]
    columns = tuple(map(Column, names))
    known = {f"dbo.T{number}": columns for number in range(warehouse.TABLES * scale)}
    return len(analyse(texts, "tsql", known=known, default_schema="dbo").edges)


def answers() -> list[list[tuple[str, str]]]:
    """The direct pairs of each procedure of the corpus."""
    found = []
    for each in procedures():
        lineage = analyse([SqlText(each.name, each.sql)], each.dialect, default_schema=each.default_schema)
        found.append(
            [(".".join(source).lower(), ".".join(target).lower()) for source, target in direct(lineage)]
        )
    return found


TASKS: dict[str, Task] = {
    "cold": cold,
    "pairs": pairs,
    "parallel": parallel,
    "warm": warm,
    "wide": one_wide,
    "long": one_long,
    "objects": objects,
    "answers": answers,
}

if __name__ == "__main__":
    serve(TASKS)
