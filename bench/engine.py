"""The lineage engine beside its peers: how fast, how right, how much memory. `make bench ARGS=engine`.

Speed without being right counts for nothing: whoever is timed is marked on the same texts.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from statistics import median
from typing import Any

from bench.contest import ROOT, Contestant, Took, contestant
from bench.corpus import Marks, Pair, marked, procedures
from bench.figures import Figure
from bench.views import View, catalog

PEERS = ROOT / ".venv" / "peers" / "bin" / "python"
VIEWS = 1_000
FEW = 64  # of these for sqllineage, which needs a quarter of a second for each
ROUNDS = 5
WIDE = 500  # columns
LONG = 5_000  # lines
SCALE = 2  # times 5,000 objects


def figures() -> Iterator[Figure]:
    """Measure everything. Whoever is compared takes turns with whom it is compared with."""
    if not PEERS.exists():
        raise SystemExit("The peers are not installed: `make bench ARGS=engine` does that.")
    yield from alone()
    with ExitStack() as stack:
        ours = stack.enter_context(contestant(sys.executable, "bench.ours"))
        floor, sqlglot, sqllineage = (stack.enter_context(contestant(PEERS, "bench.rivals")) for _ in range(3))
        yield from speed(ours, floor, sqlglot, sqllineage)
        yield from both_cores(ours)
        yield from remembering(ours)
        yield from right_about_procedures(ours, sqlglot, sqllineage)


def speed(ours: Contestant, floor: Contestant, sqlglot: Contestant, sqllineage: Contestant) -> Iterator[Figure]:
    """Time the same views in turns, A B C A B C, and mark what is said about them."""
    views = catalog(VIEWS).views
    runs = [
        (floor.do("parse", VIEWS), ours.do("cold", VIEWS), sqlglot.do("sqlglot", VIEWS))
        for _ in range(ROUNDS + 1)  # the first one warms up
    ]
    parse, we, they = (median(run[at].cpu for run in runs[1:]) / VIEWS for at in range(3))
    slow = sqllineage.do("sqllineage", VIEWS, FEW)
    beside = (
        f"CPU a view: ours {1000 * we:.2f} ms, sqlglot.lineage {1000 * they:.2f}, parse {1000 * parse:.2f}, "
        f"sqllineage {1000 * slow.cpu / FEW:.0f} (of {FEW}); load {os.getloadavg()[0]:.1f}"
    )
    yield Figure("engine, cold: views/s over sqlglot.lineage", they / we, "times", "≥ 2", beside)
    beside = f"median of {ROUNDS} runs in turns, each over {VIEWS:,} views"
    yield Figure("engine, cold: time over bare parse", we / parse, "times", "≤ 2.5", beside)
    marks = {
        "ours": mark(views, ours.do("pairs", VIEWS)),
        "sqlglot": mark(views, sqlglot.do("sqlglot pairs", VIEWS)),
        "sqllineage": mark(views[:FEW], slow),
    }
    beside = "; ".join(f"{name} {each}" for name, each in marks.items())
    yield Figure("engine: views fully right", marks["ours"].percent, "%", "≥ 100", beside)


def mark(views: Sequence[View], took: Took) -> Marks:
    """Mark what was said about views; what tools differ about counts neither for nor against anybody."""
    said: dict[str, set[Pair]] = {view.name: set() for view in views}
    for source, column, target, name in took.answer:
        said[target].add((f"{source}.{column}", name))
    return marked(
        (_ends(view.pairs), frozenset(said[view.name] - (_ends(view.near) - _ends(view.pairs))))
        for view in views
    )


def _ends(pairs: frozenset[tuple[str, str, str]]) -> frozenset[Pair]:
    return frozenset((f"{source}.{column}", name) for source, column, name in pairs)


def both_cores(ours: Contestant) -> Iterator[Figure]:
    """Read in one process and in two, in turns, by the clock."""
    if (os.cpu_count() or 1) < 2:
        return
    runs = [[float(ours.do("parallel", VIEWS, count).answer) for count in (1, 2)] for _ in range(ROUNDS)]
    one, two = (median(run[at] for run in runs) for at in range(2))
    beside = f"{VIEWS / one:.0f} and {VIEWS / two:.0f} views/s by the clock; load {os.getloadavg()[0]:.1f}"
    yield Figure("engine: two processes over one", one / two, "times", "≥ 1.5", beside)


def remembering(ours: Contestant) -> Iterator[Figure]:
    """Run again over what is known: nothing changed, and one view that got a column more."""
    runs = ours.do("warm", VIEWS, ROUNDS).answer
    cold, same, changed = (median(run[at] for run in runs) for at in range(3))
    beside = (
        f"CPU {1000 * cold:.0f} ms and {1000 * same:.1f}; {cold / changed:.0f} times where a view got a column "
        f"more ({1000 * changed:.0f} ms)"
    )
    yield Figure("engine, warm: over cold, nothing changed", cold / same, "times", "≥ 40", beside)


def right_about_procedures(ours: Contestant, sqlglot: Contestant, sqllineage: Contestant) -> Iterator[Figure]:
    """Mark everybody on the procedures, their answers limited to relations that the truth knows."""
    corpus = list(procedures())
    if not corpus:
        return
    said = {
        "ours": ours.do("answers").answer,
        "sqlglot": sqlglot.do("sqlglot answers").answer,
        "sqllineage": sqllineage.do("sqllineage answers").answer,
    }
    pairs = {name: [_pairs(answer) for answer in answers] for name, answers in said.items()}
    limited, whole = (
        {
            name: marked(
                (each.pairs, each.restricted(answer) if only_known else answer)
                for each, answer in zip(corpus, answers, strict=True)
            )
            for name, answers in pairs.items()
        }
        for only_known in (True, False)
    )
    beside = "; ".join(f"{name} {each}, unlimited {whole[name].right}" for name, each in limited.items())
    yield Figure("engine: procedures fully right", limited["ours"].percent, "%", "≥ 95", beside)


def _pairs(answer: Sequence[Sequence[Any]]) -> frozenset[Pair]:
    return frozenset((str(source), str(target)) for source, target in answer)


def alone() -> Iterator[Figure]:
    """What has no peer: memory, and what is large."""
    with contestant(sys.executable, "bench.ours") as ours:
        took = ours.do("cold", VIEWS)
        beside = f"{took.answer:,} edges of {VIEWS:,} views, the process with all that it imports"
        yield Figure("engine: peak memory", took.peak_mb, "MB", "≤ 150", beside)
        took = ours.do("wide", WIDE)
        yield Figure(f"engine: a view of {WIDE} columns", took.cpu, "s", "≤ 1", f"{took.answer:,} edges")
        took = ours.do("long", LONG)
        if took.answer:  # nothing to time while it is listed instead of explained
            beside = f"{took.answer:,} relations written"
            yield Figure(f"engine: a procedure of {LONG:,} lines", took.cpu, "s", "≤ 1", beside)
    with contestant(sys.executable, "bench.ours") as ours:
        took = ours.do("objects", SCALE)
        beside = f"{took.answer:,} edges; peak {took.peak_mb:.0f} MB"
        yield Figure("engine: 10,000 objects, one core", took.cpu, "s", "≤ 30", beside)
