"""What a query refuses when it is accepted, and reads before it runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from db.query_cache import find_kept
from db.session import Session
from db.settings import load_settings
from db.warehouse import TableView, tables_of
from jobs.engines.sql.errors import EngineUnavailable, StatementFailed
from jobs.engines.sql.statements import check_text
from jobs.engines.sql.tokens import tokens_of
from jobs.engines.sql.values import Engine
from jobs.errors import InvalidParams
from jobs.pipelines.query.settings import QuerySettings
from jobs.pipelines.query.values import MAX_SQL_BYTES, QueryParams

__all__ = ["Kept", "TableView", "accept", "kept_result", "tables_named"]  # what db reads goes by this file, too

NAMES = 400  # in one list


def accept(session: Session, workspace: str, run_pk: UUID, params: QueryParams) -> None:
    """Refuse what no engine would have to look at.

    Raises:
        InvalidParams: There is no statement, or there are several.
        EngineUnavailable: There is no such engine here; names those that there are.
    """
    del session, workspace, run_pk
    if params.engine is not Engine.DUCKDB:
        check_engine(params.engine)
    try:
        check_text(params.sql, MAX_SQL_BYTES)
    except StatementFailed as error:
        raise InvalidParams("sql", f"is no text: {error}", hint=error.hint) from error
    texts = [token.text for token in tokens_of(params.sql)]
    while texts[-1:] == [";"]:
        texts.pop()
    if not texts:
        raise InvalidParams("sql", "has no statement, only comments", hint="Write a statement, like SELECT 1.")
    if ";" in texts:
        raise InvalidParams("sql", "has several statements", hint="Submit each as a run of its own.")


def check_engine(engine: Engine) -> None:
    """Refuse an engine that this process has no address or driver of.

    Raises:
        EngineUnavailable: It has none; names those that there are.
    """
    settings: QuerySettings = load_settings((QuerySettings,))[QuerySettings]
    if engine not in settings.engines:
        hint = "An operator names one with HEADWATER_QUERY_CLICKHOUSE_URL, and installs headwater[clickhouse]."
        raise EngineUnavailable(engine.name, [each.name for each in settings.engines], hint=hint)


def tables_named(
    session: Session, *, workspace: str, names: Sequence[tuple[str, str]] | None
) -> Sequence[TableView]:
    """The tables with these schemas and names, or all."""
    if names is None:
        return tables_of(session, workspace)
    found: dict[UUID, TableView] = {}
    for at in range(0, len(names), NAMES):
        found |= {view.pk: view for view in tables_of(session, workspace, names[at : at + NAMES])}
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Kept:
    """A result that is kept: as it is stored, and the size of its file."""

    result: dict[str, Any]
    size_bytes: int


def kept_result(session: Session, *, workspace: str, key: str, seconds: int) -> Kept | None:
    """The result of an earlier run that answers a question, if one is kept and not too old."""
    found = find_kept(session, workspace, key, younger_than=timedelta(seconds=seconds))
    return None if found is None else Kept(found.result, found.size_bytes)
