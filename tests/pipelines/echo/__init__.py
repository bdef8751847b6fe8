"""Say a word back: the smallest run kind there can be."""

from uuid import UUID

from db.models import Artifact
from db.revisions import insert_rows
from db.session import Session
from jobs.pipeline import NoSettings, Pipeline
from tests.pipelines.echo.values import EchoParams, EchoResult, echo


def save(session: Session, run_pk: UUID, attempt: int, result: EchoResult) -> None:
    """Leave one row behind for each time the effect lands: the digest is unique to the run and its attempt."""
    if result.word == "crash in save":
        raise RuntimeError("a secret of ours")
    effect = Artifact(digest=f"{result.word}:{run_pk.hex}:{attempt}", size_bytes=0, media_type="text/echo")
    insert_rows(session, Artifact, [effect.model_dump()])


PIPELINE = Pipeline(
    kind="echo",
    description="Say a word back.",
    params=EchoParams,
    result=EchoResult,
    settings=NoSettings,
    stages=(),
    run=echo,
    save=save,
)
