"""What clients see of runs over the files of a catalog."""

from pathlib import Path

from tests.catalogs import CATALOG, submitted, values
from tests.graph.api import Api

ASKED = """query ($runId: String!) { run(runId: $runId) {
    finishReason
    error { code hint problems { code file field message rowCount rows } }
    result { ... on LineageResult { warnings disagreementCount disagreements { dependent needed saidBy } } }
} }"""


async def test_problems_of_files(sqlite_api: Api, tmp_path: Path) -> None:
    """A run over files that break their contract says what is wrong with each, and how to find it."""
    twice = values("object_id, definition", "(2::BIGINT, 'a')", "(2, 'b')")
    run = await submitted(sqlite_api.house, tmp_path, {**CATALOG, "definitions": twice})
    await sqlite_api.house.execute(run)

    shown = (await sqlite_api.ask(ASKED, runId=run.run_id))["run"]
    assert "BAD_CATALOG" == shown["finishReason"]
    assert "error { problems { rows } }" in shown["error"]["hint"]
    (problem,) = shown["error"]["problems"]
    assert ("DUPLICATE_DEFINITION", "definitions.parquet", "object_id", 2) == (
        problem["code"],
        problem["file"],
        problem["field"],
        problem["rowCount"],
    )
    assert ["row 1: object_id 2, definition 'a'", "row 2: object_id 2, definition 'b'"] == problem["rows"]


async def test_disagreements_and_warnings(sqlite_api: Api, tmp_path: Path) -> None:
    """The result tells which dependencies only one witness knows, and what was left out."""
    wrong = values("referencing_object_id, referenced_object_id, comment", "(2::BIGINT, 3::BIGINT, 'seeded')")
    run = await submitted(sqlite_api.house, tmp_path, {**CATALOG, "dependencies": wrong})
    await sqlite_api.house.execute(run)

    shown = (await sqlite_api.ask(ASKED, runId=run.run_id))["run"]
    assert None is shown["error"]
    assert [
        {"dependent": "dbo.vOrders", "needed": "dbo.Archive", "saidBy": "DECLARED"},
        {"dependent": "dbo.vOrders", "needed": "dbo.Orders", "saidBy": "PARSED"},
    ] == shown["result"]["disagreements"]
    assert 2 == shown["result"]["disagreementCount"]
    assert any("'comment'" in words for words in shown["result"]["warnings"])


async def test_other_failures_have_no_problems(sqlite_api: Api) -> None:
    """A run that fails for another reason lists no problems of files."""
    run_id = await sqlite_api.chore("CANCEL_ITSELF")
    await sqlite_api.execute(run_id)

    shown = (await sqlite_api.ask(ASKED, runId=run_id))["run"]
    assert shown["error"] is not None
    assert [] == shown["error"]["problems"]
