"""Which engines are here: DuckDB always, ClickHouse where its driver is installed."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from jobs.engines.sql.errors import EngineUnavailable
from jobs.engines.sql.values import Engine

EXTRA = "Install headwater[clickhouse]."


def present_engines(*, server: bool) -> tuple[Engine, ...]:
    """The engines that statements can run on.

    Args:
        server: Whether an operator named a ClickHouse server; otherwise the engine itself must be installed.
    """
    needed = "clickhouse_connect" if server else "chdb"
    return (Engine.DUCKDB, Engine.CLICKHOUSE) if find_spec(needed) else (Engine.DUCKDB,)


def require(engine: Engine, present: tuple[Engine, ...]) -> None:
    """Refuse an engine that is not here.

    Raises:
        EngineUnavailable: It is not; names those that are.
    """
    if engine not in present:
        raise EngineUnavailable(engine, present, hint=EXTRA)


def driver(module: str, engine: Engine) -> ModuleType:
    """A module that only an extra brings.

    Raises:
        EngineUnavailable: It is not installed; names the engines that are here.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise EngineUnavailable(engine, (Engine.DUCKDB,), hint=EXTRA) from error
