"""Moments come back as they were, in UTC, from both databases."""

from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest
from sqlalchemy import update
from sqlalchemy.exc import StatementError
from sqlmodel import col, select

from db.models import Run
from db.session import Session
from tests.house import House

NEPAL = timezone(timedelta(hours=5, minutes=45))
MICROSECOND = datetime(2026, 3, 29, 1, 59, 59, 999_999, UTC)
MOMENTS = {
    "utc": MICROSECOND,
    "zone": MICROSECOND.astimezone(NEPAL),
    "dateline": datetime(2025, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    "long-ago": datetime(1899, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
    "far-ahead": datetime(9999, 12, 31, 12, tzinfo=UTC),
}


def keep(session: Session, run: Run, moment: datetime | None) -> None:
    session.execute(update(Run).where(col(Run.pk) == run.pk).values(not_before=moment))


def kept(session: Session, run: Run) -> datetime | None:
    moment: datetime | None = session.scalars(select(Run.not_before).where(Run.pk == run.pk)).one()
    return moment


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
async def test_a_moment_comes_back_in_utc(house: House, moment: datetime) -> None:
    """Whatever zone a moment was given in, the same moment comes back in UTC, to the microsecond."""
    run = await house.submitted("echo", word="when")
    await house.write(partial(keep, run=run, moment=moment))

    back = await house.store.read(partial(kept, run=run))

    assert moment == back
    assert back is not None
    assert UTC == back.tzinfo


async def test_moments_compare_in_sql_as_they_do_here(house: House) -> None:
    """A moment of another zone finds, in a condition, the rows before it and none after it."""
    run = await house.submitted("echo", word="when")
    await house.write(partial(keep, run=run, moment=MICROSECOND))

    def earlier_than(session: Session, moment: datetime) -> list[Run]:
        return list(session.scalars(select(Run).where(col(Run.not_before) < moment)))

    step = timedelta(microseconds=1)
    assert [] == await house.store.read(partial(earlier_than, moment=MICROSECOND.astimezone(NEPAL)))
    assert 1 == len(
        await house.store.read(partial(earlier_than, moment=(MICROSECOND + step).astimezone(NEPAL)))
    )


async def test_no_moment(house: House) -> None:
    """What has no moment has none when it comes back."""
    run = await house.submitted("echo", word="when")
    await house.write(partial(keep, run=run, moment=MICROSECOND))
    await house.write(partial(keep, run=run, moment=None))

    assert None is await house.store.read(partial(kept, run=run))


async def test_a_moment_without_a_zone_is_refused(house: House) -> None:
    """A naive moment, which could mean anything, is never written."""
    run = await house.submitted("echo", word="when")

    with pytest.raises(StatementError, match="without a zone"):
        await house.write(partial(keep, run=run, moment=MICROSECOND.replace(tzinfo=None)))
