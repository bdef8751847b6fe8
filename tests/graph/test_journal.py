"""Notes are taken without anybody waiting, few for many that are alike, and written in batches."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.requests import HTTPConnection

from db.audit import AuditEntry, AuditFilter, entries_before
from db.store import Store
from graph import journal as journals
from graph.journal import Journal, Note, network_of
from tests.graph.api import DEADLINE_SECONDS, recording
from tests.graph.gate import relay_before
from tests.graph.issuer import Hand
from tests.servers import Postgres

REFUSED = Note("signIn", "UNAUTHENTICATED", reason="The token has expired.")


@pytest.fixture
async def store(sqlite_url: str) -> AsyncIterator[Store]:
    """A database of its own."""
    opened = Store(sqlite_url)
    yield opened
    opened.close()


async def entries(store: Store) -> list[AuditEntry]:
    """All entries, oldest first."""
    found = await store.read(lambda session: entries_before(session, AuditFilter(), None, 10_000))
    return list(reversed(found))


async def test_one_for_many(store: Store) -> None:
    """Of what is alike one is written in a minute, and the next one says how many came meanwhile."""
    clock = Hand(0.0)
    journal = Journal(store, clock=clock)
    for _ in range(5):
        journal.tell(REFUSED, None, "here")
    journal.tell(REFUSED, None, "there")
    clock.seconds = 59.9
    journal.tell(REFUSED, None, "here")
    clock.seconds = 60.0
    journal.tell(REFUSED, None, "here")
    journal.tell(REFUSED, None, "here")
    await journal.close()

    told = {"reason": "The token has expired."}
    assert [told, told, told | {"repeats": 5}] == [entry.details for entry in await entries(store)]


async def test_what_was_done(store: Store) -> None:
    """What was done is written once an hour, beside what was refused."""
    clock = Hand(0.0)
    journal = Journal(store, clock=clock)
    for seconds in (0.0, 61.0, 3_599.0, 3_600.0):
        clock.seconds = seconds
        journal.tell(Note("signIn", "done", "ada"), None, "here")
    journal.tell(Note("signIn", "FORBIDDEN", "ada"), None, "here")
    await journal.close()

    assert [("done", {}), ("done", {"repeats": 2}), ("FORBIDDEN", {})] == [
        (entry.outcome, entry.details) for entry in await entries(store)
    ]


async def test_batches(store: Store) -> None:
    """A thousand notes take few statements, and are there, in order, once they are flushed."""
    journal = Journal(store)
    with recording() as sent:
        for number in range(1_000):
            journal.tell(Note("runs", "FORBIDDEN", f"u{number}"), None, number)
        assert await journal.flush()

    assert 2 == sent.naming("INSERT INTO audit_log")
    assert [f"u{number}" for number in range(1_000)] == [entry.principal for entry in await entries(store)]
    await journal.close()


async def test_a_flood(store: Store, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what waits nor what is remembered grows without end; what is lost is counted in the log."""
    monkeypatch.setattr(journals, "MOST_WAITING", 100)
    monkeypatch.setattr(journals, "MOST_REMEMBERED", 10)
    journal = Journal(store)
    for number in range(150):
        journal.tell(REFUSED, None, number)
    journal.tell(REFUSED, None, 149)  # among the newest ten
    await journal.flush()
    journal.tell(REFUSED, None, 0)  # forgotten, so that it is new
    await journal.close()

    assert 101 == len(await entries(store))
    assert [50] == [vars(each)["count"] for each in caplog.records if each.message == "audit entries lost"]


async def test_hostile_words(store: Store) -> None:
    """What no database keeps is taken out, and long words are cut short."""
    journal = Journal(store)
    journal.tell(Note("runs", "NOT_FOUND", "ada", "a\0b\ud800c" + "x" * 1_000), None, "")
    await journal.close()

    (entry,) = await entries(store)
    assert "a\ufffdb\ufffdc" + "x" * 295 == entry.workspace


async def test_a_bug_costs_its_batch(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """An entry that cannot be written is lost and logged; what comes later is written."""
    store = Store(sqlite_url)
    journal = Journal(store)
    journal.tell(Note("runs", None, "ada"), None, "")  # type: ignore[arg-type]  # the column refuses it: a bug of ours
    async with asyncio.timeout(DEADLINE_SECONDS):
        while not any(each.message == "audit entries not written" for each in caplog.records):  # noqa: ASYNC110 - of the log
            await asyncio.sleep(0)
    journal.tell(REFUSED, None, "")
    await journal.close()

    assert ["signIn"] == [entry.action for entry in await entries(store)]
    assert [1] == [vars(each)["count"] for each in caplog.records if each.message == "audit entries lost"]
    store.close()


async def test_the_database_is_away(
    postgres: Postgres, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """While the database is away notes wait, in their order; nothing is lost of them when it is back."""
    async with relay_before(postgres) as relay:
        store = Store(relay.url(postgres_url.partition("@/")[2].partition("?")[0]))
        journal = Journal(store)
        relay.shut()
        journal.tell(Note("runs", "FORBIDDEN", "first"), None, 1)
        async with asyncio.timeout(DEADLINE_SECONDS):
            await relay.until_turned_away(1)
        journal.tell(Note("runs", "FORBIDDEN", "second"), None, 2)
        assert not await journal.flush()
        relay.is_shut = False
        await journal.close()

        assert ["first", "second"] == [entry.principal for entry in await entries(store)]
        store.close()
    assert [] == [each for each in caplog.records if each.name == "graph.journal"]


async def test_it_ends_though_the_database_is_away(
    postgres: Postgres, postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A process that ends waits for no database, and says how many notes went with it."""
    async with relay_before(postgres) as relay:
        store = Store(relay.url(postgres_url.partition("@/")[2].partition("?")[0]))
        journal = Journal(store)
        relay.shut()
        journal.tell(REFUSED, None, "")
        async with asyncio.timeout(DEADLINE_SECONDS):
            await journal.close()
        store.close()
    assert [1] == [vars(each)["count"] for each in caplog.records if each.message == "audit entries lost"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.7", "::ffff:10.0.0.7"),
        ("testclient", "testclient"),
        (None, None),
    ],
)
def test_networks(address: str | None, expected: str | None) -> None:
    """Addresses of one network of IPv6 are one sender, for whoever has one of them has them all."""
    scope: dict[str, Any] = {"type": "http", "client": (address, 1) if address else None}
    assert expected == network_of(HTTPConnection(scope))
