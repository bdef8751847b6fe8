"""Where events may be sent, what is in them of statements, and what answers mean."""

from uuid import uuid4

import orjson
import pytest

from db.emissions import Facts, Note, Told, Written
from db.models import now
from db.settings import BadSettings, load_settings
from jobs.emission import event_body
from jobs.posting import LONGEST_WAIT_SECONDS, Verdict, answer_of
from jobs.settings import EmissionSettings
from tests.specification import problems

FACTS = Facts("main", "r", "query", "completed", None, "SELECT 1", None, now(), None, drains=False)


@pytest.mark.parametrize(
    ("allowed", "size", "shown"), [(True, 1, True), (False, 1, False), (True, 100_001, False)]
)
def test_sql_is_sent_only_where_allowed(*, allowed: bool, size: int, shown: bool) -> None:
    """The statement of a run is told only where the operator lets it out, and never a very long one."""
    facts = FACTS._replace(sql="x" * size)
    note = Note(now(), uuid4(), Told.START)
    event = orjson.loads(event_body(EmissionSettings(sql=allowed), note, facts, Written((), 0)))

    assert [] == problems(event)
    assert shown is ("sql" in event["job"]["facets"])


@pytest.mark.parametrize(
    "url", ["ftp://x/y", "http://", "http://user:secret@host/", "//host", "http://[", "http://host:99999999/"]
)
def test_addresses_that_cannot_be(url: str) -> None:
    """An address that nothing could be sent to, or that holds a password, is refused at start."""
    with pytest.raises(BadSettings):
        load_settings((EmissionSettings,), {"HEADWATER_OPENLINEAGE_URL": url})


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.TAKEN),
        (299, Verdict.TAKEN),
        (302, Verdict.REFUSED),
        (425, Verdict.LATER),
        (599, Verdict.LATER),
    ],
)
def test_what_answers_mean(status: int, verdict: Verdict) -> None:
    """What was taken is done; what was refused is given up; all else is sent again."""
    assert verdict is answer_of(status, "").verdict
    assert (0.0, 3.0, LONGEST_WAIT_SECONDS) == tuple(
        answer_of(503, each).wait_seconds for each in ("soon", "3", "9" * 30)
    )
