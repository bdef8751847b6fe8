"""A small text of SQL is explained at once, in a child process, and nothing is kept of it."""

import asyncio
from dataclasses import replace
from typing import Any

import psutil
import pytest

from graph.app import ANALYSIS_LIMITS
from jobs.analysis import (
    MAX_CHARACTERS,
    MAX_COLUMNS,
    MAX_EDGES,
    MAX_EXCERPT,
    MAX_GAPS,
    MAX_RELATIONS,
    Question,
    explain,
)
from jobs.analyst import MAX_TEXTS, Analyst, Sitting
from jobs.children import Children
from jobs.errors import ChildOutOfMemory, ChildTimedOut
from jobs.pipelines.lineage.values import Dialect
from tests.graph.api import Api, recording
from tests.processes import is_gone

ANALYZE = """
query Analyze($sql: String!, $dialect: Dialect! = TSQL, $columns: [KnownColumns!], $defaultSchema: String) {
  analyzeSql(sql: $sql, dialect: $dialect, columns: $columns, defaultSchema: $defaultSchema) {
    edges {
      source { asset column }
      target { asset column }
      kind subtype masking confidence
      evidence { expression line column start end origin note }
    }
    unresolved { line column start end reason message remedy text }
    statementCount explainedCount truncated
  }
}"""
VIEW = """CREATE VIEW mart.spent AS
WITH paid AS (SELECT o.customer_id, o.price * o.qty AS eur FROM dbo.Orders AS o WHERE o.status = 'paid')
SELECT c.name, SUM(p.eur) AS total, ROW_NUMBER() OVER (ORDER BY c.name) AS place
FROM paid AS p JOIN dbo.customers AS c ON c.id = p.customer_id
GROUP BY c.name
UNION ALL
SELECT 'none', 0, 0"""
SLOW = "CREATE VIEW v AS SELECT " + ", ".join(f"a{nth} + b{nth} AS c{nth}" for nth in range(4_000)) + " FROM t"


async def analyzed(api: Api, sql: str, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = (await api.ask(ANALYZE, sql=sql, **more))["analyzeSql"]
    return told


async def refusal(api: Api, sql: str, **more: Any) -> tuple[str, str, str]:
    """Code, field and message of the only error."""
    (error,) = await api.errors(ANALYZE, sql=sql, **more)
    return error["extensions"]["code"], error["extensions"].get("field", ""), error["message"]


def ends(told: dict[str, Any], *subtypes: str) -> set[tuple[str, ...]]:
    """The ends of edges of these subtypes."""
    return {
        tuple(".".join(filter(None, edge[end].values())) for end in ("source", "target"))
        for edge in told["edges"]
        if edge["subtype"] in subtypes
    }


def several(count: int) -> str:
    """One request for as many texts, each under a name of its own."""
    asked = (
        f'q{nth}: analyzeSql(sql: "CREATE VIEW v{nth} AS SELECT a{nth} FROM t", dialect: TSQL) '
        "{ edges { source { asset column } target { asset column } subtype } }"
        for nth in range(count)
    )
    return f"{{ {' '.join(asked)} }}"


def children_of(analyst: Analyst) -> list[psutil.Process]:
    """The processes that explain, and no others of this process: those that have imported for it."""
    (mark,) = analyst.children.limits.preload
    return [
        child for child in psutil.Process().children() if not is_gone(child.pid) and mark in child.cmdline()
    ]


async def test_a_view_is_explained(sqlite_api: Api) -> None:
    """A view over named queries, a join, a window and a union gives its edges, by names as first spelled."""
    told = await analyzed(sqlite_api, VIEW)

    assert {("dbo.customers.name", "mart.spent.name")} == ends(told, "IDENTITY")
    assert {
        ("dbo.Orders.price", "mart.spent.total"),
        ("dbo.Orders.qty", "mart.spent.total"),
    } == ends(told, "AGGREGATION")
    assert ("dbo.Orders.status", "mart.spent") in ends(told, "FILTER")
    assert ("dbo.customers.id", "mart.spent") in ends(told, "JOIN")
    assert ("dbo.customers.name", "mart.spent.place") in ends(told, "WINDOW")
    assert (1, 1, [], False) == (
        told["statementCount"],
        told["explainedCount"],
        told["unresolved"],
        told["truncated"],
    )


async def test_evidence_has_its_place(sqlite_api: Api) -> None:
    """Evidence tells its words and where they stand in what was sent, behind a byte order mark too."""
    sql = "\ufeffCREATE VIEW v AS\n  SELECT a + 1 AS b FROM t"
    (edge,) = (await analyzed(sqlite_api, sql))["edges"]

    (evidence,) = edge["evidence"]
    assert "a + 1 AS b" == evidence["expression"] == sql[evidence["start"] : evidence["end"]]
    assert (2, 10, "PARSED", "") == tuple(evidence[name] for name in ("line", "column", "origin", "note"))
    assert ("DIRECT", "TRANSFORMATION", False, 0.85) == tuple(
        edge[name] for name in ("kind", "subtype", "masking", "confidence")
    )


async def test_columns_that_are_told(sqlite_api: Api) -> None:
    """A star over an unknown table stays open and is listed, unless its columns are told with the text."""
    sql = "CREATE VIEW v AS SELECT * FROM orders"
    columns = [{"asset": "dbo.Orders", "columns": ["Id", "price"]}]

    unknown = await analyzed(sqlite_api, sql)
    known = await analyzed(sqlite_api, sql, columns=columns, defaultSchema="dbo")

    (gap,) = unknown["unresolved"]
    assert ("unknown_columns", "*") == (gap["reason"], gap["text"])
    assert "Add the CREATE TABLE of orders" in gap["remedy"]
    assert [] == known["unresolved"]
    assert {("dbo.Orders.Id", "dbo.v.Id"), ("dbo.Orders.price", "dbo.v.price")} == ends(known, "IDENTITY")


async def test_names_that_only_quotes_tell_apart(sqlite_api: Api) -> None:
    """Two tables or columns whose names are spelled alike, and are not the same, are told apart."""
    sql = 'CREATE VIEW v AS SELECT o.X AS a, p."X" AS b FROM Orders AS o, "Orders" AS p'

    told = await analyzed(sqlite_api, sql, dialect="POSTGRES")

    assert {("orders.X", "v.a"), ("Orders.X", "v.b")} == ends(told, "IDENTITY")


async def test_what_no_run_keeps(sqlite_api: Api) -> None:
    """The schemas that runs leave out of the graph are left out here too."""
    told = await analyzed(sqlite_api, "CREATE VIEW v AS SELECT t.a, s.name FROM t, sys.objects AS s")
    assert {("t.a", "v.a")} == ends(told, "IDENTITY")


@pytest.mark.parametrize(
    ("asked", "code", "field"),
    [
        ({"sql": " \n"}, "VALIDATION_FAILED", "sql"),
        ({"sql": "SELECT '\0'"}, "VALIDATION_FAILED", "sql"),
        ({"sql": "-" * (MAX_CHARACTERS + 1)}, "VALIDATION_FAILED", "sql"),
        ({"sql": "SELECT 1", "dialect": "COBOL"}, "BAD_INPUT", ""),
        ({"sql": "SELECT 1", "defaultSchema": "x\n"}, "VALIDATION_FAILED", "defaultSchema"),
        (
            {"sql": "SELECT 1", "columns": [{"asset": "a", "columns": []}] * 2},
            "VALIDATION_FAILED",
            "columns[1].asset",
        ),
        (
            {"sql": "SELECT 1", "columns": [{"asset": "", "columns": []}]},
            "VALIDATION_FAILED",
            "columns[0].asset",
        ),
        (
            {"sql": "SELECT 1", "columns": [{"asset": "a", "columns": ["b", "\t"]}]},
            "VALIDATION_FAILED",
            "columns[0].columns[1]",
        ),
        (
            {
                "sql": "SELECT 1",
                "columns": [{"asset": f"a{nth}", "columns": []} for nth in range(MAX_RELATIONS + 1)],
            },
            "VALIDATION_FAILED",
            "columns",
        ),
        (
            {"sql": "SELECT 1", "columns": [{"asset": "a", "columns": ["b"] * (MAX_COLUMNS + 1)}]},
            "VALIDATION_FAILED",
            "columns",
        ),
    ],
)
async def test_what_is_refused(sqlite_api: Api, asked: dict[str, Any], code: str, field: str) -> None:
    """A text that is empty, too long or no text, and columns that cannot be, are refused by their field."""
    said = await refusal(sqlite_api, **asked)
    assert (code, field) == said[:2], said
    assert [] == children_of(sqlite_api.app.state.analyst)


async def test_a_text_as_long_as_is_taken(sqlite_api: Api) -> None:
    """A text of exactly as many characters as are taken is explained."""
    view = "CREATE VIEW v AS SELECT a FROM t"
    told = await analyzed(sqlite_api, view.ljust(MAX_CHARACTERS))
    assert {("t.a", "v.a")} == ends(told, "IDENTITY")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW v AS SELECT " + "(" * 40_000 + "a" + ")" * 40_000 + " FROM t",
        "CREATE VIEW v AS SELECT " + "CASE WHEN a THEN " * 4_500 + "1" + " END" * 4_500 + " FROM t",
        "CREATE VIEW v AS " + "SELECT * FROM (" * 6_000,
        "SELECT " + "[" * 90_000,
        "BEGIN " * 16_000,
    ],
    ids=["parentheses", "cases", "queries", "brackets", "blocks"],
)
async def test_hostile_texts(sqlite_api: Api, sql: str) -> None:
    """A text that is nested beyond reason is listed as not explained, and the next one is explained."""
    told = await analyzed(sqlite_api, sql)

    assert told["unresolved"] or told["statementCount"] == told["explainedCount"]
    assert all(len(gap["text"]) <= MAX_EXCERPT for gap in told["unresolved"])
    assert {("t.a", "v.a")} == ends(await analyzed(sqlite_api, "CREATE VIEW v AS SELECT a FROM t"), "IDENTITY")


async def test_an_answer_is_bounded(sqlite_api: Api) -> None:
    """Of more edges or gaps than an answer holds the first are told, and that there are more."""
    many = await analyzed(sqlite_api, SLOW)
    gaps = await analyzed(sqlite_api, "EXECUTE mystery(1);\n" * (MAX_GAPS + 1), dialect="DUCKDB")
    sums = " + ".join(f"c{nth}" for nth in range(300))
    wide = ", ".join(f"d{nth} + {sums} AS e{nth}" for nth in range(40))
    wordy = await analyzed(sqlite_api, f"CREATE VIEW v AS SELECT {wide} FROM t")

    assert (MAX_EDGES, True) == (len(many["edges"]), many["truncated"])
    assert (MAX_GAPS, True) == (len(gaps["unresolved"]), gaps["truncated"])
    assert 0 < len(wordy["edges"]) < MAX_EDGES
    assert wordy["truncated"]


async def test_nothing_is_written(sqlite_api: Api) -> None:
    """Explaining a text sends no SQL to the database, and the graph stays as empty as it was."""
    with recording() as sent:
        await analyzed(sqlite_api, VIEW)

    assert [] == sent.texts
    listed = await sqlite_api.ask("{ assets { edges { node { name } } } runs { edges { node { runId } } } }")
    assert {"assets": {"edges": []}, "runs": {"edges": []}} == listed


async def test_many_at_once(sqlite_api: Api) -> None:
    """Of many texts at once each gets its own answer, from as many children as there may be."""
    texts = [f"CREATE VIEW v{nth} AS SELECT a{nth} FROM t" for nth in range(24)]

    answers = await asyncio.gather(*(analyzed(sqlite_api, sql) for sql in texts))

    assert [{(f"t.a{nth}", f"v{nth}.a{nth}")} for nth in range(24)] == [
        ends(each, "IDENTITY") for each in answers
    ]
    assert len(children_of(sqlite_api.app.state.analyst)) <= ANALYSIS_LIMITS.size


async def test_a_killed_child_does_no_harm(sqlite_api: Api) -> None:
    """A child that is killed, at work or at rest, costs nothing: its text is explained by another one."""
    analyst: Analyst = sqlite_api.app.state.analyst
    await analyzed(sqlite_api, "SELECT 1")
    (busy,) = children_of(analyst)
    before = busy.cpu_times().user
    asking = asyncio.create_task(analyzed(sqlite_api, SLOW))

    async def works() -> bool:
        return busy.cpu_times().user > before

    await sqlite_api.house.until(works)
    busy.kill()
    slow = await asking
    (idle,) = children_of(analyst)
    idle.kill()
    quick = await analyzed(sqlite_api, "CREATE VIEW v AS SELECT a FROM t")

    assert MAX_EDGES == len(slow["edges"])
    assert {("t.a", "v.a")} == ends(quick, "IDENTITY")
    assert not {busy.pid, idle.pid} & {child.pid for child in children_of(analyst)}


async def test_a_text_that_kills_each_child(sqlite_api: Api) -> None:
    """A text whose children die one after the other ends in an error that says so."""
    analyst: Analyst = sqlite_api.app.state.analyst
    asking = asyncio.create_task(sqlite_api.errors(ANALYZE, sql=SLOW))

    async def doomed() -> bool:
        for child in children_of(analyst):
            child.kill()
        return asking.done()

    await sqlite_api.house.until(doomed)
    (error,) = await asking

    assert "CHILD_DIED" == error["extensions"]["code"]
    assert "two processes died of it" in error["message"]


async def test_time_and_memory_are_bounded() -> None:
    """A text that takes more time or memory than is given ends in an error that says what to do instead."""
    question = Question(SLOW, Dialect.TSQL)
    async with Children(replace(ANALYSIS_LIMITS, timeout_seconds=0.01)) as hasty:
        with pytest.raises(ChildTimedOut, match=r"could not be explained in 0\.01 s") as late:
            await Analyst(hasty).explain(question)
    async with Children(replace(ANALYSIS_LIMITS, memory_bytes=1 << 20)) as narrow:
        with pytest.raises(ChildOutOfMemory, match="more memory") as large:
            await Analyst(narrow).explain(question)

    assert ["TIMEOUT", "OUT_OF_MEMORY"] == [late.value.code, large.value.code]
    assert "Submit it as a run" in late.value.hint
    assert "Submit it as a run" in large.value.hint


async def test_waiting_is_bounded() -> None:
    """A text whose turn does not come in time is refused, and a child that was to explain it is free again."""
    question = Question("CREATE VIEW v AS SELECT a FROM t", Dialect.TSQL)
    async with Children(replace(ANALYSIS_LIMITS, size=1)) as children:
        with pytest.raises(ChildTimedOut, match=r"did not come in 0\.01 s") as late:
            await Sitting(Analyst(children, wait_seconds=0.01)).answer(question)
        told = await Sitting(Analyst(children)).answer(question)

    assert ("TIMEOUT", "Ask again in a moment.") == (late.value.code, late.value.hint)
    assert 1 == len(told.edges)
    assert explain(question, frozenset()) == told


async def test_a_request_holds_one_child(sqlite_api: Api) -> None:
    """However many texts a request has, they are explained one after the other, in one child."""
    asking = asyncio.create_task(sqlite_api.ask(several(MAX_TEXTS)))
    seen: set[int] = set()

    async def looked() -> bool:
        seen.update(child.pid for child in children_of(sqlite_api.app.state.analyst))
        return asking.done()

    await sqlite_api.house.until(looked)
    answers = await asking

    assert [{(f"t.a{nth}", f"v{nth}.a{nth}")} for nth in range(MAX_TEXTS)] == [
        ends(answers[f"q{nth}"], "IDENTITY") for nth in range(MAX_TEXTS)
    ]
    assert 1 == len(seen)


async def test_too_many_texts(sqlite_api: Api) -> None:
    """A request with more texts than are taken is refused, and says how many are."""
    errors = await sqlite_api.errors(several(MAX_TEXTS + 1))

    assert {("VALIDATION_FAILED", "sql")} == {
        (error["extensions"]["code"], error["extensions"]["field"]) for error in errors
    }
    assert (
        f"is one of {MAX_TEXTS + 1} texts of one request; at most {MAX_TEXTS} are taken" in errors[0]["message"]
    )
    assert {("t.a", "v.a")} == ends(await analyzed(sqlite_api, "CREATE VIEW v AS SELECT a FROM t"), "IDENTITY")


async def test_texts_of_a_request_share_its_time() -> None:
    """A text whose request has used up its time is refused, and those of other requests are not."""
    question = Question("CREATE VIEW v AS SELECT a FROM t", Dialect.TSQL)
    async with Children(ANALYSIS_LIMITS) as children:
        hasty = Sitting(Analyst(children, wait_seconds=0.01))
        for each in (replace(question, sql=SLOW), question):
            with pytest.raises(ChildTimedOut, match=r"did not come in 0\.01 s"):
                await hasty.answer(each)
        told = await Sitting(Analyst(children)).answer(question)

    assert 1 == len(told.edges)


async def test_children_end_with_the_service(sqlite_api: Api) -> None:
    """The processes that explain are gone once they are closed."""
    analyst: Analyst = sqlite_api.app.state.analyst
    await analyzed(sqlite_api, "SELECT 1")
    (child,) = children_of(analyst)

    await analyst.children.close()

    assert is_gone(child.pid)
