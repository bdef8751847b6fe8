"""What a lineage run is, put together."""

from jobs.pipeline import Pipeline
from jobs.pipelines.lineage.read import accept
from jobs.pipelines.lineage.run import run
from jobs.pipelines.lineage.save import save
from jobs.pipelines.lineage.settings import LineageSettings
from jobs.pipelines.lineage.values import LineageParams, LineageResult

PIPELINE = Pipeline(
    kind="lineage",
    description="Extract lineage from SQL: texts, or files that were uploaded.",
    params=LineageParams,
    result=LineageResult,
    settings=LineageSettings,
    stages=("READ", "PARSE", "INFER", "SAVE"),
    run=run,
    save=save,
    accept=accept,
)
