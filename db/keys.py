"""Keys that all processes share: made once, kept in the database."""

import secrets

from sqlmodel import select

from db.models import SigningKey
from db.revisions import insert_rows
from db.session import Session, clock
from db.store import Store

KEY_BYTES = 32  # of chance in a key: as many as HMAC-SHA-256 takes in


def find_key(session: Session, name: str) -> str | None:
    """The key of this name, if one was made."""
    return session.scalars(select(SigningKey.secret).where(SigningKey.name == name)).one_or_none()


def make_key(session: Session, name: str) -> str:
    """Make the key of this name, unless somebody did, and return the one that counts."""
    row = {"name": name, "secret": secrets.token_urlsafe(KEY_BYTES), "created_at": clock(session)}
    insert_rows(session, SigningKey, [row])
    return session.scalars(select(SigningKey.secret).where(SigningKey.name == name)).one()


async def shared_key(store: Store, name: str) -> str:
    """The key of this name. Of processes that ask at once, all get the same."""
    found = await store.read(lambda session: find_key(session, name))
    return await store.write(lambda session: make_key(session, name)) if found is None else found
