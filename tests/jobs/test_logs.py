"""Logs say in one line what happened, to which run, and show no values."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from jobs.logs import Environment, LogLevel, LogSettings, set_up_logs


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave logging as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    quiet = logging.getLogger("arq.worker")
    before = quiet.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    quiet.setLevel(before)
    structlog.contextvars.clear_contextvars()


def crash() -> None:
    password = "a secret of ours"  # noqa: S105 - what must not be shown
    raise RuntimeError(len(password))


def log_a_crash() -> None:
    log = logging.getLogger("jobs.test")
    with structlog.contextvars.bound_contextvars(run_id="run-1", attempt=2):
        log.info("run lost", extra={"worker": "worker-1"})
        try:
            crash()
        except RuntimeError:
            log.exception("run crashed")


def test_in_production(capsys: pytest.CaptureFixture[str]) -> None:
    """In production every entry is a line of JSON with the run, the process and the traceback."""
    set_up_logs(LogSettings(environment=Environment.PRODUCTION), "worker")

    log_a_crash()

    lost, crashed = map(json.loads, capsys.readouterr().err.splitlines())
    assert ("run lost", "run-1", 2, "worker", "worker-1") == tuple(
        lost[name] for name in ("event", "run_id", "attempt", "process", "worker")
    )
    assert "RuntimeError: 16" in crashed["exception"]
    assert "a secret" not in crashed["exception"].replace('"a secret of ours"', "")


def test_in_development(capsys: pytest.CaptureFixture[str]) -> None:
    """In development entries are made to be read, and tracebacks show no values of variables."""
    set_up_logs(LogSettings(), "api")

    log_a_crash()

    said = capsys.readouterr().err
    assert "run lost" in said
    assert "run_id=run-1" in said
    assert "RuntimeError: 16" in said
    assert "password =" not in said.replace('password = "a secret of ours"', "")


@pytest.mark.parametrize(("level", "expected"), [(LogLevel.DEBUG, 30), (LogLevel.ERROR, 40)])
def test_quiet_libraries(level: LogLevel, expected: int) -> None:
    """Libraries that tell each of their steps are heard when something is wrong only."""
    set_up_logs(LogSettings(log_level=level), "worker")

    assert expected == logging.getLogger("arq.worker").level
