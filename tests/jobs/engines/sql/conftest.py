"""What tests of the SQL engine share."""

from pathlib import Path

import pytest

from tests.jobs.engines.sql.desk import Desk, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)
