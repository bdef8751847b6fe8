"""What a lineage run reads of the graph before it changes it."""

from pathlib import Path
from uuid import UUID

from sqlmodel import col, select

from db.assertions import open_assertions
from db.lineage import Asset, AssetColumn, AssetFact, ColumnFact, Source, seen
from db.revisions import head_of
from db.session import Session
from jobs.engines.lineage.dialects import fold_table
from jobs.engines.lineage.values import Column, RelationKind
from jobs.pipelines.lineage.save import Held, Teller
from jobs.pipelines.lineage.spill import spill, spill_rows


def keep_known(session: Session, *, teller: Teller, dialect: str, to: Path) -> None:
    """Write the columns of what other sources define completely, by name: no text here has to repeat them.

    Only what a source defines counts, never what it merely uses: two sources that read a table would
    otherwise keep telling each other its columns when nobody defines it any more.
    """
    at = head_of(session, teller.workspace)
    query = (
        select(Asset, AssetFact.source_pk, AssetColumn, ColumnFact.data_type)
        .join(AssetFact, col(AssetFact.asset_pk) == col(Asset.pk))
        .join(Source, col(Source.pk) == col(AssetFact.source_pk))
        .join(AssetColumn, col(AssetColumn.asset_pk) == col(Asset.pk))
        .join(
            ColumnFact,
            (col(ColumnFact.column_pk) == col(AssetColumn.pk))
            & (col(ColumnFact.source_pk) == col(AssetFact.source_pk))
            & seen(ColumnFact, at),
        )
        .where(
            Asset.workspace == teller.workspace,
            Asset.namespace == teller.namespace,
            AssetFact.source_pk != teller.source_pk,
            col(AssetFact.columns_complete),
            AssetFact.kind != RelationKind.EXTERNAL.value,
            seen(AssetFact, at),
        )
        .order_by(col(Asset.name_key), col(Source.name), col(ColumnFact.ordinal))
    )
    known: dict[str, list[Column]] = {}
    believed: dict[UUID, UUID] = {}  # where two sources define one asset, the first by name is believed
    for asset, definer, column, data_type in session.execute(query):
        if believed.setdefault(asset.pk, definer) == definer:
            name = spelled(asset.name, asset.name_key, dialect)
            known.setdefault(name, []).append(Column(column.name, data_type, column.name_key))
    spill(to, {name: tuple(columns) for name, columns in known.items()})


def spelled(name: str, key: str, dialect: str) -> str:
    """A relation's name so that the dialect folds it to its key: quoted where quotes protect its capitals."""
    plain = ".".join(fold_table(part, dialect, quoted=False) for part in name.split("."))
    return name if plain == key else ".".join(f'"{part}"' for part in key.split("."))


def keep_asserted(session: Session, *, teller: Teller, to: Path) -> Held:
    """Write what the source asserts at present."""
    return spill_rows(to, open_assertions(session, teller.source_pk))
