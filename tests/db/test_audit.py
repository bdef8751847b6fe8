"""Entries of the audit log are added and read, and nothing changes them."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.audit import UNCHANGED, AuditEntry, AuditFilter, append, entries_before
from db.store import Store


@pytest.mark.parametrize(
    "change", ["UPDATE audit_log SET principal = 'eve'", "DELETE FROM audit_log"], ids=["update", "delete"]
)
async def test_nobody_changes_an_entry(database_url: str, change: str) -> None:
    """The database itself refuses to change or delete an entry, whoever asks."""
    store = Store(database_url)
    await store.write(lambda session: append(session, AuditEntry(principal="ada", action="a", outcome="done")))

    with pytest.raises(DBAPIError, match=UNCHANGED):
        await store.write(lambda session: session.connection().execute(text(change)))

    (entry,) = await store.read(lambda session: entries_before(session, AuditFilter(), None, 10))
    assert ("ada", "a", "done") == (entry.principal, entry.action, entry.outcome)
    store.close()
