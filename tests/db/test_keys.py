"""A key is made once, whoever asks first, and is the same for all processes."""

import asyncio

from sqlmodel import select

from db.keys import KEY_BYTES, make_key, shared_key
from db.models import SigningKey
from db.store import Store
from tests.house import House


async def test_everybody_gets_one_key(house: House) -> None:
    """Processes that ask at once get the same key, and so does whoever asks later."""
    stores = [Store(house.store.url) for _ in range(4)]
    keys = await asyncio.gather(*(shared_key(store, "grants") for store in stores))
    later = await shared_key(house.store, "grants")
    for store in stores:
        store.close()

    assert {later} == set(keys)
    assert len(later) >= KEY_BYTES
    assert 1 == len(await house.store.read(lambda session: session.scalars(select(SigningKey)).all()))


async def test_who_comes_second_gets_the_first_key(house: House) -> None:
    """A process that saw no key, and was overtaken, gets the key of the faster one."""
    first = await house.write(lambda session: make_key(session, "grants"))
    second = await house.write(lambda session: make_key(session, "grants"))

    assert first == second


async def test_keys_by_name(house: House) -> None:
    """Another name is another key."""
    assert await shared_key(house.store, "grants") != await shared_key(house.store, "other")
