"""What an operator may tune about running runs."""

from pathlib import Path

import pytest

from db.capacity import Capacity
from db.settings import BadSettings, StateSettings, load_settings
from jobs.settings import LONGEST_FOLDER, WorkSettings, redis_url, valkey_folder


def test_from_the_environment() -> None:
    """Numbers and lists are read from text, and capacity is what admission needs."""
    environ = {"HEADWATER_SLOTS": "7", "HEADWATER_PIPELINE_PACKAGES": '["a", "b"]'}

    work = load_settings((WorkSettings,), environ)[WorkSettings]

    assert Capacity(slots=7, runs=10) == work.capacity
    assert ("a", "b") == work.pipeline_packages


@pytest.mark.parametrize("packages", ["a, b", '"a"', "[1, {}]"])
def test_a_list_that_is_none(packages: str) -> None:
    """A list that is no JSON list is refused by name."""
    with pytest.raises(BadSettings, match="PIPELINE_PACKAGES"):
        load_settings((WorkSettings,), {"HEADWATER_PIPELINE_PACKAGES": packages})


def test_the_embedded_valkey(tmp_path: Path) -> None:
    """Unless another Redis is named, the socket is in the data folder, or in a short one for a deep one."""
    deep = StateSettings(data_dir=tmp_path / ("d" * LONGEST_FOLDER))
    flat = StateSettings(data_dir=Path("/srv/headwater"))

    assert "unix:///srv/headwater/valkey/valkey.sock?db=0" == redis_url(WorkSettings(), flat)
    assert len(str(valkey_folder(deep))) < LONGEST_FOLDER
    assert valkey_folder(deep) != valkey_folder(StateSettings(data_dir=tmp_path / ("e" * LONGEST_FOLDER)))


def test_another_redis() -> None:
    """A Redis that is named is used as it is, and not shown."""
    work = load_settings((WorkSettings,), {"HEADWATER_REDIS_URL": "redis://user:secret@host/0"})[WorkSettings]

    assert "redis://user:secret@host/0" == redis_url(work, StateSettings())
    assert "secret" not in repr(work)
