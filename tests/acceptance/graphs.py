"""What may never be found in a graph, however many died while they wrote it."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import func, union_all
from sqlmodel import col, select

from db.lineage import ASSERTIONS, IDENTITIES, Revision
from db.session import Session
from tests.house import House


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Rows that belong to no committed revision."""

    reserved: int
    assertions: int
    identities: int


def leftovers(session: Session, workspace: str = "main") -> Leftovers:
    """Reservations that nobody ended, and rows since, until or born in a revision that was not committed."""
    committed = select(Revision.number).where(Revision.workspace == workspace, Revision.state == "committed")
    reserved = select(func.count()).where(Revision.workspace == workspace, Revision.state == "reserved")
    numbers = [
        number.where(table.workspace == workspace)
        for table in ASSERTIONS
        for number in (select(col(table.since)), select(col(table.until)).where(col(table.until).is_not(None)))
    ]
    born = [select(col(table.born)).where(table.workspace == workspace) for table in IDENTITIES]
    asserted, named = union_all(*numbers).subquery(), union_all(*born).subquery()
    return Leftovers(
        reserved=session.execute(reserved).scalar_one(),
        assertions=_count(session, asserted, committed),
        identities=_count(session, named, committed),
    )


def _count(session: Session, numbers: Any, committed: Any) -> int:
    (number,) = numbers.c
    stray = select(func.count()).select_from(numbers).where(number.not_in(committed))
    return int(session.execute(stray).scalar_one())


async def leftovers_of(house: House) -> Leftovers:
    return await house.store.read(partial(leftovers))


NOTHING = Leftovers(0, 0, 0)
