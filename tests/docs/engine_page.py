"""Writes what golden cases can say into docs/guide/lineage-engine.md; what stands around it is written by hand.

python -m tests.docs.engine_page             writes the parts between `<!-- made: … -->` and `<!-- end -->`
python -m tests.docs.engine_page --check     fails if one of them is not what the cases say
"""

import ast
import inspect
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise

from db.confidence import WEIGHTS, confidence
from jobs.engines.lineage import values
from jobs.engines.lineage.crash import OURS, REMEDY
from jobs.engines.lineage.listing import REMEDIES
from jobs.engines.lineage.values import Reason
from tests.docs.snippets import ROOT
from tests.jobs.engines.lineage import parsers
from tests.jobs.engines.lineage.golden import FOLDER, Case, cases, lineage_of, load

PAGE = ROOT / "docs" / "guide" / "lineage-engine.md"
PART = re.compile(r"(?P<begin><!-- made: (?P<what>[^>]+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL)
AT_LINE = re.compile(r"(?<=[A-Z]) line \d+:")  # of the file, whose first lines are not shown
NOTHING = "nothing\n"
LISTED = "-- unresolved:\n"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "T-SQL": ("tsql",),
    "Snowflake": ("snowflake",),
    "BigQuery": ("bigquery",),
    "PostgreSQL": ("postgres",),
    "Redshift": ("redshift",),
    "Databricks, Spark": ("databricks", "spark"),
    "DuckDB": ("duckdb",),
    "MySQL": ("mysql",),
    "Oracle": ("oracle",),
    "ClickHouse": ("clickhouse",),
    "Trino": ("trino",),
    "SQLite": ("sqlite",),
}
"""A column of the table of dialects → the dialects that it counts; what is ANSI only is in none."""
RELATION_IN_REMEDY = re.compile(r"(CREATE TABLE|definition) of (?!both )\S+?(?=[,.](?:\s|$))")
TOGETHER = (("parsed", "query_log"), ("declared", "parsed"), ("parsed", "hint"), ("inferred", "query_log"))


@cache
def loaded() -> tuple[Case, ...]:
    return tuple(load(path) for path in cases())


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def link(case: Case, words: str) -> str:
    return f"[{words}](../../{(FOLDER / case.name).relative_to(ROOT).as_posix()}.sql)"


def is_listed(case: Case) -> bool:
    return LISTED in case.recorded


def counts() -> str:
    """How many cases there are, and which parser they hold for."""
    listed = sum(map(is_listed, loaded()))
    return (
        f"{len(loaded())} golden cases, in {listed} of which something is listed, recorded with "
        f"{parsers.recorded().split(chr(10))[0]}.\n"
    )


def dialects() -> str:
    """A row for each folder of cases, a column for each dialect: explained, and those with something listed."""
    explained: Counter[tuple[str, str]] = Counter()
    listed: Counter[tuple[str, str]] = Counter()
    for case in loaded():
        folder = case.name.partition("/")[0]
        column = next((name for name, those in COLUMNS.items() if case.dialect in those), "")
        for row in (folder, ""):
            (listed if is_listed(case) else explained)[row, column] += 1
    folders = sorted({case.name.partition("/")[0] for case in loaded()})
    rows = [
        (
            row or "**all**",
            *(_cell(explained[row, each], listed[row, each]) for each in COLUMNS),
        )
        for row in (*folders, "")
    ]
    return table(("", *COLUMNS), rows)


def _cell(explained: int, listed: int) -> str:
    if listed:
        return f"{explained} + {listed}"
    return str(explained or "")


def reasons() -> str:
    """Each reason, what it means, and the remedies: the usual one, and those that golden cases show."""
    remedies: dict[Reason, set[str]] = defaultdict(set, {Reason.CRASHED: {OURS, REMEDY}})
    for reason, remedy in REMEDIES.items():
        remedies[reason].add(remedy)
    for case in filter(is_listed, loaded()):
        for each in lineage_of(case).unresolved:
            remedies[each.reason].add(RELATION_IN_REMEDY.sub(r"\1 of …", each.remedy))
    meanings = meanings_of(Reason)
    rows = [
        (f"`{reason.value}`", meanings[reason.name], "<br>".join(sorted(remedies[reason]))) for reason in Reason
    ]
    return table(("Reason", "What it means", "What would help"), rows)


def meanings_of(made: type[object]) -> Mapping[str, str]:
    """The words under each member of an enum."""
    tree = ast.parse(inspect.getsource(values))
    body = next(
        each.body for each in tree.body if isinstance(each, ast.ClassDef) and each.name == made.__name__
    )
    return {
        member.targets[0].id: words.value.value
        for member, words in pairwise(body)
        if isinstance(member, ast.Assign) and isinstance(member.targets[0], ast.Name)
        if isinstance(words, ast.Expr) and isinstance(words.value, ast.Constant)
        if isinstance(words.value.value, str)
    }


def listed() -> str:
    """The first sentence of each case in which something is listed, by reason."""
    told: dict[str, list[str]] = defaultdict(list)
    for case in filter(is_listed, loaded()):
        found = case.recorded.partition(LISTED)[2]
        for reason in sorted(set(re.findall(r"^--   ([A-Z_]+) line", found, re.MULTILINE))):
            told[reason].append(f"- {case.teaches} ({link(case, case.dialect)})\n")
    return "\n".join(f"**{reason.lower()}**\n\n{''.join(told[reason])}" for reason in sorted(told))


def peculiar() -> str:
    """What the cases in each dialect's own folder teach."""
    parts = []
    for name, those in COLUMNS.items():
        own = [case for case in loaded() if case.name.partition("/")[0] in those]
        told = "".join(
            f"- {case.teaches} ({link(case, 'listed' if is_listed(case) else 'explained')})\n" for case in own
        )
        parts.append(f"<details><summary>{name}: {len(own)} of its own</summary>\n\n{told}\n</details>\n")
    return "\n".join(parts)


def weights() -> str:
    """What each origin is worth alone, with a doubt, and together with another."""
    alone = table(
        ("Origin", "Alone", "With a note of doubt"),
        [
            (f"`{each}`", f"{confidence([(each, False)]):g}", f"{confidence([(each, True)]):g}")
            for each in WEIGHTS
        ],
    )
    together = table(
        ("Origins that agree", "Together"),
        [
            (" and ".join(f"`{each}`" for each in pair), f"{confidence([(each, False) for each in pair]):g}")
            for pair in TOGETHER
        ],
    )
    return f"{alone}\n{together}"


def golden(name: str) -> str:
    """A case as it stands: its sentence, its SQL and its edges."""
    case = load(FOLDER / f"{name}.sql")
    sql = "".join(
        line
        for line in case.sql.splitlines(keepends=True)[1:]
        if not line.startswith(("-- dialect", "-- default"))
    )
    told = "".join(
        f"{AT_LINE.sub(':', line.removeprefix('--').strip())}\n" for line in case.recorded.splitlines()
    )
    return f"{case.teaches} ({link(case, case.dialect)})\n\n```sql\n{sql}```\n\n```text\n{told or NOTHING}```\n"


MAKERS: Mapping[str, Callable[[], str]] = {
    "counts": counts,
    "dialects": dialects,
    "reasons": reasons,
    "listed": listed,
    "peculiar": peculiar,
    "weights": weights,
}


def made(page: str) -> str:
    """The page with each of its made parts as the cases say it now."""
    return PART.sub(lambda part: f"{part['begin']}{_part(part['what'])}{part['end']}", page)


def _part(what: str) -> str:
    maker, _, name = what.partition(" ")
    return golden(name) if maker == "golden" else MAKERS[maker]()


def main(argv: Sequence[str]) -> int:
    """Write the page, or with `--check` tell whether it is current; 1 if not."""
    before = PAGE.read_text(encoding="utf-8")
    now = made(before)
    if "--check" in argv:
        if now != before:
            sys.stderr.write(f"{PAGE.relative_to(ROOT)} is not what the golden cases say: make docs\n")
        return int(now != before)
    PAGE.write_text(now, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
