"""What a run kind is: found in a folder, with params and results that survive being stored."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from jobs.errors import InvalidParams
from jobs.pipeline import from_json, load_pipelines, params_from, to_json
from tests.house import PACKAGES
from tests.pipelines.chores.values import Chore, ChoreParams
from tests.pipelines.echo.values import EchoParams


@dataclass(frozen=True, slots=True)
class Nested:
    """A value with everything in it."""

    params: ChoreParams
    at: datetime
    many: tuple[EchoParams, ...] = ()


def test_found_in_folders() -> None:
    """Every folder of a package is a run kind, in the order of their names."""
    assert ["chores", "echo", "export", "lineage", "query", "table"] == list(load_pipelines(PACKAGES))


def test_there_and_back() -> None:
    """What is stored gives back an equal value: enums, moments, nested values."""
    value = Nested(
        ChoreParams(Chore.WAIT, size=3), datetime(2026, 1, 2, tzinfo=UTC), (EchoParams("a"), EchoParams("b"))
    )

    assert value == from_json(Nested, to_json(value))


def test_params_of_yesterday() -> None:
    """Params that are no longer taken are refused with the field that is wrong."""
    echo = load_pipelines(PACKAGES)["echo"]

    assert EchoParams("hello") == params_from(echo, {"word": "hello"})
    with pytest.raises(InvalidParams) as caught:
        params_from(echo, {"word": None})
    assert "word" == caught.value.field
    with pytest.raises(InvalidParams):
        params_from(echo, {"word": ""})
