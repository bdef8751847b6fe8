"""Logs are kept as files for a while, hold no secrets, and are read from their ends."""

import json
import logging
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from db.settings import StateSettings, load_settings, secrets_of
from graph.settings import ApiSettings
from jobs import logfiles
from jobs.logfiles import BLOCK_BYTES, Line, LogFile, Wanted, newest_lines, remove_old
from jobs.logs import HIDDEN, Environment, LogSettings, log_folder, set_up_logs
from jobs.settings import WorkSettings
from tests.graph.api import logging_as_before

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
GRANT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave logging as it was."""
    with logging_as_before():
        yield
    structlog.contextvars.clear_contextvars()


def entry(second: float, event: str = "tick", **more: Any) -> str:
    at = NOON + timedelta(seconds=second)
    return json.dumps({"timestamp": at.isoformat(), "level": "info", "process": "api", "event": event} | more)


def write(folder: Path, name: str, *lines: str, end: str = "\n") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.jsonl"
    path.write_text("\n".join(lines) + end, encoding="utf-8")
    return path


def events(lines: list[Line]) -> list[str]:
    return [line.event for line in lines]


def test_a_file_for_each_process(tmp_path: Path) -> None:
    """What is logged is in the file of this process and day at once, as JSON, whatever standard error shows."""
    set_up_logs(LogSettings(), "worker", files=tmp_path / "logs")
    with structlog.contextvars.bound_contextvars(run_id="run-1"):
        logging.getLogger("jobs.test").warning("run lost", extra={"worker": "w"})

    (path,) = (tmp_path / "logs").iterdir()
    (line,) = newest_lines(tmp_path / "logs", Wanted(10))

    assert path.name.startswith("worker-")
    assert path.name.endswith(f"-{os.getpid()}-{datetime.now(UTC).date()}.jsonl")
    assert 0o640 == path.stat().st_mode & 0o777
    assert ("warning", "worker", "run lost", "run-1", "worker=w") == (
        line.level,
        line.service,
        line.event,
        line.run_id,
        line.text,
    )


def test_switched_off(tmp_path: Path) -> None:
    """Without files nothing is written."""
    set_up_logs(LogSettings(log_files=False), "worker", files=tmp_path / "logs")
    logging.getLogger("jobs.test").warning("run lost")

    assert not (tmp_path / "logs").exists()
    assert [] == newest_lines(tmp_path / "logs", Wanted(10))


@pytest.mark.parametrize("environment", list(Environment))
def test_secrets(environment: Environment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No secret of the settings and no grant is in any entry, whatever it is part of and however written."""
    token, key = 'a "quoted" tökén of ours', "k" * 20 + "/" + "k" * 20
    environ = {
        "HEADWATER_DATABASE_URL": "postgresql+psycopg://us:hunter%2F2@db/headwater",
        "HEADWATER_REDIS_URL": "redis://:red-password@valkey:6379/0",
        "HEADWATER_API_TOKEN": token,
        "HEADWATER_SIGNING_KEY": key,
    }
    secrets = secrets_of(load_settings((StateSettings, WorkSettings, ApiSettings), environ))
    set_up_logs(LogSettings(environment=environment), "api", files=tmp_path, secrets=secrets)
    log = logging.getLogger("jobs.test")

    log.warning("said", extra={"a": token, "b": [key], "c": environ["HEADWATER_DATABASE_URL"], "d": "hunter/2"})
    log.warning("asked", extra={"path": f"/uploads/{GRANT}", "url": environ["HEADWATER_REDIS_URL"]})
    log.error("crashed", exc_info=RuntimeError(token))

    said = capsys.readouterr().err + "".join(path.read_text() for path in tmp_path.iterdir())
    assert said.count(HIDDEN) >= 14
    for secret in (token, json.dumps(token)[1:-1], key, "hunter", "red-password", GRANT, "eyJzdWIi"):
        assert secret not in said, secret
    assert "us:" in said


def test_nothing_to_hide(tmp_path: Path) -> None:
    """Where nothing is secret, or a secret is no more than a letter or two, words stay as they are."""
    set_up_logs(LogSettings(), "api", files=tmp_path, secrets=("a", ""))
    logging.getLogger("jobs.test").warning("a banana")

    assert ["a banana"] == events(newest_lines(tmp_path, Wanted(1)))


def test_a_disk_that_is_away(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be written to a file is told of once, and is on standard error all the same."""
    (tmp_path / "logs").write_text("not a folder")
    set_up_logs(LogSettings(), "api", files=tmp_path / "logs")

    for number in range(3):
        logging.getLogger("jobs.test").warning("still here %d", number)

    said = capsys.readouterr().err
    assert 3 == said.count("still here")
    assert 1 == said.count("logs cannot be written")


def test_days(tmp_path: Path) -> None:
    """Each day has a file of its own; those that were not written to for longer than they are kept go."""
    old, young = (
        write(tmp_path, "api-a-1-2026-11-01", entry(0)),
        write(tmp_path, "api-a-1-2026-11-19", entry(1)),
    )
    other = tmp_path / "notes.txt"
    other.write_text("mine")
    for path, days in ((old, 8), (young, 6), (other, 90)):
        long_ago = time.time() - days * 24 * 3600
        os.utime(path, (long_ago, long_ago))
    handler = LogFile(tmp_path, "api", kept_days=7)

    handler.emit(logging.makeLogRecord({"msg": entry(2)}))

    assert [False, True, True] == [path.exists() for path in (old, young, other)]
    assert 3 == len(list(tmp_path.iterdir()))
    remove_old(tmp_path / "absent", 7)


def test_newest_of_all(tmp_path: Path) -> None:
    """The newest lines of all files come, oldest first, as many as were asked for."""
    write(tmp_path, "api-1", *(entry(2 * n, f"even {n}") for n in range(100)))
    write(tmp_path, "worker-1", *(entry(2 * n + 1, f"odd {n}") for n in range(100)))

    found = newest_lines(tmp_path, Wanted(5))

    assert ["odd 97", "even 98", "odd 98", "even 99", "odd 99"] == events(found)
    assert 200 == len(newest_lines(tmp_path, Wanted(10_000)))
    assert sorted(line.at for line in found) == [line.at for line in found]


def test_filters(tmp_path: Path) -> None:
    """A level leaves out what matters less, and a run leaves out all others."""
    write(
        tmp_path,
        "api-1",
        entry(0, "fine", level="debug"),
        entry(1, "lost", level="warning", run_id="r"),
        entry(2, "dead", level="critical"),
        entry(3, "odd", level="notice", run_id="r"),
    )

    assert ["fine", "lost", "dead", "odd"] == events(newest_lines(tmp_path, Wanted(9)))
    assert ["lost", "dead"] == events(newest_lines(tmp_path, Wanted(9, "warning")))
    assert ["lost", "odd"] == events(newest_lines(tmp_path, Wanted(9, run_id="r")))
    assert ["dead"] == events(newest_lines(tmp_path, Wanted(1, "error")))


def test_what_is_no_line(tmp_path: Path) -> None:
    """Torn lines, other JSON, bytes that are no text and moments without a zone are passed over."""
    rubbish = ("", "{", "[]", "null", '"x"', '{"timestamp": 5}', entry(1)[:40], '{"event": "x"}')
    naive = json.dumps({"timestamp": "2026-11-20T12:00:00", "level": "info", "event": "x"})
    path = write(tmp_path, "api-1", *rubbish, naive, entry(0, "there", process=None), end="")
    path.write_bytes(path.read_bytes() + b"\n\xff\xfe\x00\n" + entry(2, "last").encode()[:-1])
    (tmp_path / "folder.jsonl").mkdir()

    (line,) = newest_lines(tmp_path, Wanted(9))

    assert ("there", "api") == (line.event, line.service)


def test_long_lines(tmp_path: Path) -> None:
    """Lines longer than a block are whole, the text of one is cut, and one of megabytes costs no others."""
    long = entry(1, "long", exception="x" * (3 * BLOCK_BYTES))
    write(tmp_path, "api-1", entry(0, "first"), long, entry(2, "huge", a="x" * (1 << 21)), entry(3, "last"))

    found = newest_lines(tmp_path, Wanted(9))

    assert {"first", "long", "last"} <= set(events(found))
    assert 10_000 == len(found[1].text)


def test_no_more_is_read_than_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old files are not opened for new lines, and no question reads more than a bound."""
    write(tmp_path, "api-2", *(entry(1000 + n, "new") for n in range(10)))
    old = write(tmp_path, "api-1", *(entry(n, "old") for n in range(1000)))
    past = NOON.timestamp() + 900
    os.utime(old, (past, past))
    opened: list[str] = []
    backwards = logfiles._backwards  # noqa: SLF001 - watched, not replaced

    def watched(path: Path, most_bytes: int) -> Iterator[bytes]:
        opened.append(path.name)
        return backwards(path, most_bytes)

    monkeypatch.setattr(logfiles, "_backwards", watched)

    assert ["new"] * 10 == events(newest_lines(tmp_path, Wanted(10)))
    assert ["api-2.jsonl"] == opened
    monkeypatch.setattr(logfiles, "MOST_BYTES", 3 * (len(entry(1000, "new")) + 1))
    assert 1 <= len(newest_lines(tmp_path, Wanted(10))) <= 3


def test_where(tmp_path: Path) -> None:
    """Files are in `logs` in the data folder."""
    assert tmp_path / "logs" == log_folder(StateSettings(data_dir=tmp_path))
