"""Make a table of a file that was uploaded, or put its rows behind those of one."""

from jobs.pipeline import Pipeline
from jobs.pipelines.table.read import accept
from jobs.pipelines.table.run import run
from jobs.pipelines.table.save import save
from jobs.pipelines.table.settings import TableSettings
from jobs.pipelines.table.values import TableParams, TableResult

PIPELINE = Pipeline(
    kind="table",
    description="Make a table of an uploaded Parquet, CSV or JSON file, or put its rows behind those of one.",
    params=TableParams,
    result=TableResult,
    settings=TableSettings,
    stages=("BIND", "READ", "KEEP"),
    run=run,
    accept=accept,
    save=save,
)
