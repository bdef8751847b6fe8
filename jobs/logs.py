"""Logs: JSON lines in production, readable ones in development, ids of request and run in both."""

import logging
import sys
from enum import StrEnum

import structlog
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.settings import PREFIX


class Environment(StrEnum):
    """What the service is run for."""

    DEVELOPMENT = "development"
    DEMO = "demo"
    PRODUCTION = "production"


class LogLevel(StrEnum):
    """The least that is logged."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class LogSettings(BaseSettings):
    """What is logged, and how."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, use_attribute_docstrings=True)

    environment: Environment = Environment.DEVELOPMENT
    """`development`, `demo` or `production`: decides about the form of logs and about reloading."""

    log_level: LogLevel = LogLevel.INFO
    """The least that is logged: DEBUG, INFO, WARNING or ERROR."""


QUIET = ("arq.worker", "httpx", "httpcore", "alembic.runtime.migration", "sqlglot", "uvicorn.access")


def set_up_logs(settings: LogSettings, process: str) -> None:
    """Send all logs of this process to standard error, one line an entry."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    production = settings.environment is Environment.PRODUCTION
    renderer: tuple[structlog.typing.Processor, ...] = (
        (structlog.processors.format_exc_info, structlog.processors.JSONRenderer())
        if production
        else (
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                exception_formatter=structlog.dev.plain_traceback,  # the rich one prints values: secrets too
            ),
        )
    )
    out = logging.StreamHandler(sys.stderr)
    out.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [out]
    root.setLevel(settings.log_level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))
    structlog.contextvars.bind_contextvars(process=process)
