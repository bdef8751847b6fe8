"""What a lineage run reads of the graph before it changes it."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import col, select

from db.assertions import open_assertions
from db.catalog import columns_of
from db.lineage import Assertion, Asset, AssetFact, Source, identity, seen
from db.revisions import head_of
from db.session import Session
from jobs.engines.lineage.values import Column


def known_columns(
    session: Session, workspace: str, namespace: str, source: str
) -> Mapping[str, tuple[Column, ...]]:
    """Columns of the assets that other sources define completely, by name: what no text here has to repeat."""
    at = head_of(session, workspace)
    others = (
        select(Asset.pk, Asset.name)
        .join(AssetFact, col(AssetFact.asset_pk) == col(Asset.pk))
        .join(Source, col(Source.pk) == col(AssetFact.source_pk))
        .where(
            Asset.workspace == workspace,
            Asset.namespace == namespace,
            Source.name != source,
            col(AssetFact.columns_complete),
            seen(AssetFact, at),
        )
    )
    names = dict(session.execute(others).tuples().all())
    columns = columns_of(session, names, at)
    return {
        name: tuple(Column(column.name, column.data_type) for column in columns[pk])
        for pk, name in names.items()
    }


def asserted(session: Session, workspace: str, source: str) -> dict[type[Assertion], dict[UUID, UUID]]:
    """What the source asserts at present."""
    return open_assertions(session, identity("source", workspace, source))
