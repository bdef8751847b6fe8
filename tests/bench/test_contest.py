"""A contestant does what it is asked for, and says what that took."""

import sys
from pathlib import Path

import pytest

from bench.contest import contestant


def test_a_task() -> None:
    """A contestant is a process of its own that answers task after task, with what each took."""
    with contestant(sys.executable, "bench.ours") as ours:
        first, second = ours.do("cold", 8), ours.do("wide", 20)

    assert first.answer > 8 * 20
    assert 3 * 20 + 1 == second.answer
    assert 0 < first.cpu
    assert 0 < first.wall
    assert 20 < first.peak_mb <= second.peak_mb
    assert 0 == ours.process.returncode


def test_a_contestant_that_ends() -> None:
    """Whoever ends in the middle of a task is named, and nobody waits for an answer."""
    with (
        pytest.raises(RuntimeError, match="ended in cold"),
        contestant(Path(sys.executable), "bench.nobody") as nobody,
    ):
        nobody.do("cold", 8)
