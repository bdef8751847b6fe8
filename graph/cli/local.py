"""`headwater lineage`: read SQL files here, without a service, and print what they say."""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from db.settings import load_settings
from graph.cli.exits import Status, complain
from graph.cli.forms import Found, as_csv, as_json, as_mermaid, as_trees
from graph.cli.known import read_known
from graph.cli.paper import counted, in_a_line
from graph.cli.texts import BadPath, Text, find_files, read_stream, read_text, tell_of, without_empty
from jobs.analysis import only_reading, read_lineage
from jobs.engines.drawing.mermaid import MAX_EDGES
from jobs.engines.lineage.dialects import DIALECTS
from jobs.engines.lineage.values import SqlText
from jobs.errors import Rejected
from jobs.pipelines.lineage.settings import LineageSettings
from jobs.pipelines.lineage.values import check_name

STANDARD_INPUT = "-"
TEMPLATE = re.compile(r"\{[{%]")  # of Jinja, in which dbt has its models
FORMS: Mapping[str, Callable[[Found], Iterator[bytes]]] = {
    "json": as_json,
    "tree": as_trees,
    "csv": as_csv,
    "mermaid": as_mermaid,
}


class NoDialect(Rejected):
    """There is no such dialect."""

    def __init__(self, dialect: str) -> None:
        super().__init__(f"There is no dialect {dialect!r}.", hint=f"There are: {', '.join(DIALECTS)}.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is read, and how it is printed: `form` is one of `FORMS`."""

    paths: tuple[str, ...]
    dialect: str
    form: str
    columns: Path | None = None
    default_schema: str = ""
    strict: bool = False
    results: bool = False


def show_lineage(wish: Wish) -> Status:
    """Print the lineage of files; the exit status.

    Raises:
        NoDialect, InvalidParams, BadPath, BadText, BadColumns: Nothing can be read, or something cannot be.
    """
    dialect = wish.dialect.lower()
    if dialect not in DIALECTS:
        raise NoDialect(wish.dialect)
    if wish.default_schema:
        check_name("--default-schema", wish.default_schema)
    known = read_known(wish.columns) if wish.columns else {}
    texts = [SqlText(utterable(text.name), text.sql) for text in read_given(wish.paths)]
    excluded = load_settings((LineageSettings,))[LineageSettings].excluded_schemas
    lineage, warnings = read_lineage(
        texts,
        dialect,
        known,
        wish.default_schema,
        frozenset(schema.lower() for schema in excluded),
        results=wish.results,
    )
    for words in warnings:
        complain(words)
    found = Found(lineage, {text.name: text.sql for text in texts})
    tell_what_is_missing(found)
    if wish.form == "mermaid" and len(lineage.edges) > MAX_EDGES:
        complain(f"Mermaid draws {MAX_EDGES} edges at most: {len(lineage.edges) - MAX_EDGES:,} are left out.")
    if wish.form != "json":
        for gap in lineage.unresolved:
            words = in_a_line(f"{gap.text}:{gap.span.line}: {gap.message}. {gap.remedy}")
            sys.stderr.write(f"{words}\n")
    if not put_out(FORMS[wish.form](found)):
        return Status.FAILED
    return Status.GAPS if wish.strict and lineage.unresolved else Status.OK


def tell_what_is_missing(found: Found) -> None:
    """Say why edges that somebody may look for are not there, where what is printed does not say it."""
    if reading := only_reading(found.lineage):
        which = "1 SELECT fills" if reading == 1 else f"{reading:,} SELECTs fill"
        complain(f"{which} nothing, which makes no edges: add --results to see what it reads.")
    unread = {gap.text for gap in found.lineage.unresolved}
    templates = sum(name in unread and TEMPLATE.search(sql) is not None for name, sql in found.bodies.items())
    if templates:
        which = f"{counted(templates, 'file')} not explained"
        complain(
            f"{which} may be a template ({{{{ … }}}}): give the SQL that it makes, as dbt compile writes it."
        )


def read_given(paths: Iterable[str]) -> list[Text]:
    """The texts of files and folders, and of standard input where a path is `-`; they are told of if odd.

    Raises:
        BadPath, BadText: One cannot be read, or nothing is left.
    """
    given = list(paths)
    files = [Path(path) for path in given if path != STANDARD_INPUT]
    texts = [read_text(named) for named in find_files(files)]
    if STANDARD_INPUT in given:
        texts.append(read_stream(_standard_input()))
    full, empty = without_empty(texts)
    tell_of(full, empty)
    return full


def _standard_input() -> BinaryIO:
    if sys.stdin is None:
        raise BadPath("Standard input is closed.", hint="Give SQL files, or write SQL to it.")
    return sys.stdin.buffer


def utterable(name: str) -> str:
    r"""A file's name as text, whatever bytes it has: those that are none are told by their numbers.

    >>> utterable("a" + chr(0xDCFF) + ".sql")
    'a\\xff.sql'
    """
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def put_out(pieces: Iterable[bytes]) -> bool:
    """Write to standard output; whether somebody read it to its end. That nobody does is no accident."""
    try:
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains when it ends
        return False
    return True
