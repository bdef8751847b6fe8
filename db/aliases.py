"""Namespaces that are one by two names: what sources say in one of them is said of the other.

An alias counts when a source is read. What was said before it stays where it is until its source runs again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from db.annotations import PEOPLE
from db.assertions import Change, ensure_source, write_changes
from db.lineage import NamespaceAlias, identity, seen
from db.revisions import hold_workspace, open_revision
from db.session import Session

MAX_ALIASES = 100  # of a workspace: each run looks at all of them for each relation


@dataclass(frozen=True, slots=True)
class Alias:
    """`alias` is `namespace` by another name; with a prefix only what begins with that, and loses it here."""

    alias: str
    prefix: str
    namespace: str
    author: str
    reason: str


def aliases_at(session: Session, workspace: str, at: int) -> Sequence[Alias]:
    """The aliases of a workspace at a revision, by alias and prefix: the longest prefix of each first."""
    query = select(NamespaceAlias).where(NamespaceAlias.workspace == workspace, seen(NamespaceAlias, at))
    found = [
        Alias(row.alias, row.prefix, row.namespace, row.author, row.reason) for row in session.scalars(query)
    ]
    return sorted(found, key=lambda each: (each.alias, -len(each.prefix), each.prefix))


def named_here(aliases: Sequence[Alias], namespace: str, key: str, name: str = "") -> tuple[str, str, str]:
    """The namespace, the key and the name by which a relation is known, given those that a source says.

    >>> shop = Alias("postgres://prod:5432", "shop", "headwater://main", "ann", "")
    >>> named_here([shop], "postgres://prod:5432", "shop.raw.orders", "Shop.raw.Orders")
    ('headwater://main', 'raw.orders', 'raw.Orders')
    >>> named_here([shop], "postgres://prod:5432", "crm.raw.orders")
    ('postgres://prod:5432', 'crm.raw.orders', '')
    """
    for each in aliases:
        begin = f"{each.prefix}." if each.prefix else ""
        if each.alias == namespace and key.casefold().startswith(begin.casefold()):
            begun = name.casefold().startswith(begin.casefold())
            return each.namespace, key[len(begin) :], name[len(begin) :] if begun else name
    return namespace, key, name


def put_alias(session: Session, workspace: str, alias: Alias) -> bool:
    """Let an alias hold from a new revision on, in the place of one of this name and prefix before.

    False, and nothing written, while a run reserves a revision. The same alias again makes none.
    """
    hold_workspace(session, workspace)
    before = _held(session, workspace, alias.alias, alias.prefix)
    if any(row.namespace == alias.namespace for row in before):
        return True
    revision = open_revision(session, workspace)
    if revision is None:
        return False
    people = ensure_source(session, workspace, PEOPLE)
    fact = identity("namespace_alias", people.hex, alias.alias, alias.prefix)
    row = {
        "pk": identity("assertion", fact.hex, str(revision)),
        "fact": fact,
        "workspace": workspace,
        "source_pk": people,
        "since": revision,
        "alias": alias.alias,
        "prefix": alias.prefix,
        "namespace": alias.namespace,
        "author": alias.author,
        "reason": alias.reason,
    }
    closed = [Change(NamespaceAlias, closes=each.pk) for each in before]
    write_changes(session, [*closed, Change(NamespaceAlias, row)], revision)
    return True


def drop_alias(session: Session, workspace: str, alias: str, prefix: str) -> bool:
    """Let an alias hold no more from a new revision on; False, as above. Without one nothing is written."""
    hold_workspace(session, workspace)
    before = _held(session, workspace, alias, prefix)
    revision = open_revision(session, workspace) if before else 0
    if revision is None:
        return False
    write_changes(session, [Change(NamespaceAlias, closes=each.pk) for each in before], revision)
    return True


def _held(session: Session, workspace: str, alias: str, prefix: str) -> Sequence[NamespaceAlias]:
    query = select(NamespaceAlias).where(
        NamespaceAlias.workspace == workspace,
        NamespaceAlias.alias == alias,
        NamespaceAlias.prefix == prefix,
        col(NamespaceAlias.until).is_(None),
    )
    return session.scalars(query).all()
