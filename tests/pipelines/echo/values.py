"""What goes into an echo and what comes out."""

from dataclasses import dataclass
from typing import Annotated, Any

import psycopg
from sqlalchemy.exc import OperationalError
from typing_extensions import Doc

from jobs.errors import InvalidParams
from jobs.pipeline import RunContext


@dataclass(frozen=True, slots=True)
class EchoParams:
    """Say a word back."""

    word: Annotated[str, Doc("What to say.")]

    def __post_init__(self) -> None:
        if not self.word:
            raise InvalidParams("word", "is empty")


@dataclass(frozen=True, slots=True)
class EchoResult:
    """The word that was said."""

    word: Annotated[str, Doc("What was said.")]


async def echo(_context: RunContext[Any], params: EchoParams) -> EchoResult:
    if params.word == "crash":
        raise RuntimeError("a secret of ours")
    if params.word == "database away":
        raise OperationalError("SELECT", {}, psycopg.OperationalError("the server closed the connection"))
    return EchoResult(params.word)
