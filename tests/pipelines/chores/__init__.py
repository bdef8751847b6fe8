"""Runs that misbehave on request: they wait, die, hang in a child, write ahead, fail and try again."""

from jobs.pipeline import NoSettings, Pipeline
from tests.pipelines.chores.run import run, save
from tests.pipelines.chores.values import ChoreParams, ChoreResult

PIPELINE = Pipeline(
    kind="chores",
    description="Misbehave on request.",
    params=ChoreParams,
    result=ChoreResult,
    settings=NoSettings,
    stages=("PREPARE", "WORK", "SAVE"),
    run=run,
    save=save,
)
