"""Write the graph of a workspace to a file."""

from jobs.pipeline import Pipeline
from jobs.pipelines.export.read import accept
from jobs.pipelines.export.run import run
from jobs.pipelines.export.settings import ExportSettings
from jobs.pipelines.export.values import ExportParams, ExportResult

PIPELINE = Pipeline(
    kind="export",
    description="Write the graph of a workspace to a file.",
    params=ExportParams,
    result=ExportResult,
    settings=ExportSettings,
    stages=("READ", "WRITE"),
    run=run,
    accept=accept,
)
