"""Logs: JSON lines in production, readable ones in development, ids of request and run in both."""

import json
import logging
import re
import sys
from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

import structlog
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.settings import PREFIX, StateSettings
from jobs.logfiles import LogFile


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
    """`development`, `demo` or `production`: decides on the form of logs, reloading and whose pages may ask."""

    log_level: LogLevel = LogLevel.INFO
    """The least that is logged: DEBUG, INFO, WARNING or ERROR."""

    log_files: bool = True
    """Whether logs are kept as files too: JSON lines in the folder `logs` of the data folder."""

    log_retention_days: int = Field(default=7, ge=1, le=3_650)
    """How long files of logs are kept, in days."""


QUIET = ("arq.worker", "httpx", "httpcore", "alembic.runtime.migration", "sqlglot", "uvicorn.access")


SHORTEST_SECRET = 4  # characters: to hide each "a" would hide nothing
GRANT = r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]+"  # what signed addresses end in
HIDDEN = "[hidden]"


def log_folder(state: StateSettings) -> Path:
    """Where files of logs are."""
    return state.data_dir.resolve() / "logs"


class Discreet(structlog.stdlib.ProcessorFormatter):
    """Formats an entry and takes out of it what nobody may read: secrets of the settings, and grants."""

    secrets = re.compile(GRANT)

    def format(self, record: logging.LogRecord) -> str:
        """The entry as it is written."""
        return self.secrets.sub(HIDDEN, super().format(record))


def pattern_of(secrets: Collection[str]) -> re.Pattern[str]:
    """What finds these secrets, as they are and as JSON and addresses write them, and grants."""
    spelled = {
        each
        for secret in secrets
        if len(secret) >= SHORTEST_SECRET
        for each in (
            secret,
            json.dumps(secret)[1:-1],
            json.dumps(secret, ensure_ascii=False)[1:-1],
            quote(secret, ""),
        )
    }
    longest_first = sorted(map(re.escape, spelled), key=len, reverse=True)
    return re.compile("|".join((*longest_first, GRANT)))


def set_up_logs(
    settings: LogSettings, process: str, *, files: Path | None = None, secrets: Collection[str] = ()
) -> None:
    """Send all logs of this process to standard error, one line an entry, and to a file of its own.

    Args:
        settings: Form and level, and whether and how long files are kept.
        process: What this process is, in a word.
        files: The folder for files; None for none.
        secrets: What must not be seen in any entry.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    as_json = (structlog.processors.format_exc_info, structlog.processors.JSONRenderer())
    production = settings.environment is Environment.PRODUCTION
    to_be_read = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        exception_formatter=structlog.dev.plain_traceback,  # the rich one prints values: secrets too
    )
    hidden = pattern_of(secrets)

    def formatter(*renderer: structlog.typing.Processor) -> Discreet:
        clean = structlog.stdlib.ProcessorFormatter.remove_processors_meta
        made = Discreet(foreign_pre_chain=shared, processors=[clean, *renderer])
        made.secrets = hidden
        return made

    out: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    out[0].setFormatter(formatter(*(as_json if production else (to_be_read,))))
    if files is not None and settings.log_files:
        out.append(LogFile(files, process, settings.log_retention_days))
        out[-1].setFormatter(formatter(*as_json))
    root = logging.getLogger()
    root.handlers[:] = out
    root.setLevel(settings.log_level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))
    structlog.contextvars.bind_contextvars(process=process)
