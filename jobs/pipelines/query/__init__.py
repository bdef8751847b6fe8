"""Run one statement of SQL and keep what comes of it."""

from jobs.pipeline import Pipeline
from jobs.pipelines.query.read import accept
from jobs.pipelines.query.run import run
from jobs.pipelines.query.save import save
from jobs.pipelines.query.settings import QuerySettings
from jobs.pipelines.query.values import TIMEOUT_SECONDS, QueryParams, QueryResult

PIPELINE = Pipeline(
    kind="query",
    description="Run one statement of SQL over the tables of the workspace; keep its rows, or write a table.",
    params=QueryParams,
    result=QueryResult,
    settings=QuerySettings,
    stages=("BIND", "EXECUTE", "KEEP"),
    run=run,
    accept=accept,
    save=save,
    timeout_seconds=TIMEOUT_SECONDS,
    tabular=True,
)
