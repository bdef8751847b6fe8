"""What OpenLineage events said of datasets and jobs that we do not read ourselves: of each facet the latest."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, Text, case, delete, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel, col, select

from db.catalog import chunks
from db.columns import UtcDateTime
from db.lineage import Asset, identity
from db.models import now
from db.session import Session, clock

FORGOTTEN = 500  # that go in one transaction
MOST = 100  # of one dataset that are shown, by name
MOST_BYTES = 4_000_000  # of the facets of 400 assets that are read at once


class DatasetFacet(SQLModel, table=True):
    """A facet of a dataset or a job, as the event said that is the latest of those that told it."""

    __tablename__ = "dataset_facets"
    __table_args__: ClassVar[Any] = (
        Index("dataset_facets_by_dataset", "dataset", "name"),
        Index("dataset_facets_by_workspace", "workspace"),
        Index("dataset_facets_by_age", "received_at"),
    )

    pk: UUID = Field(primary_key=True)  # identity(dataset, name)
    workspace: str = Field(foreign_key="workspaces.name")
    dataset: UUID  # identity(workspace, namespace, name): there may be no such asset yet
    name: str
    said_at: datetime = Field(sa_type=UtcDateTime)  # by the clock of who said it, but never later than ours
    received_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    producer: str | None = None
    schema_url: str | None = None
    size_bytes: int  # 0: it was taken back
    body: str | None = Field(default=None, sa_type=Text)  # JSON; null: too large to be kept


@dataclass(frozen=True, slots=True)
class FacetView:
    """A facet as readers see it."""

    workspace: str
    name: str
    producer: str | None
    schema_url: str | None
    said_at: datetime
    size_bytes: int
    body: str | None


def dataset_key(workspace: str, namespace: str, name: str) -> UUID:
    """What facets of a dataset are kept under."""
    return identity("dataset", workspace, namespace, name)


def facet_row(workspace: str, namespace: str, dataset: str, **said: Any) -> dict[str, Any]:
    """A facet as it is kept: `said` are the other columns."""
    key = dataset_key(workspace, namespace, dataset)
    return {"pk": identity("facet", key.hex, said["name"]), "workspace": workspace, "dataset": key, **said}


def keep_facets(session: Session, rows: Collection[Mapping[str, Any]]) -> None:
    """Keep facets, each in place of what was said of it before; what was said earlier changes nothing.

    A clock that goes ahead must not keep others from being heard: what comes from the future is of now.
    """
    if not rows:
        return
    moment = now()
    latest: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        said = {**row, "said_at": min(row["said_at"], moment), "received_at": moment}
        before = latest.get(said["pk"])
        if before is None or before["said_at"] <= said["said_at"]:
            latest[said["pk"]] = said
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(DatasetFacet)
    new = {
        name: insert.excluded[name]
        for name in ("said_at", "received_at", "producer", "schema_url", "size_bytes", "body")
    }
    newer = col(DatasetFacet.said_at) <= insert.excluded["said_at"]
    upsert = insert.on_conflict_do_update(index_elements=["pk"], set_=new, where=newer)
    session.execute(
        upsert, [latest[pk] for pk in sorted(latest)]
    )  # in one order, so that no two wait in a circle


def facets_of_assets(session: Session, asset_pks: Collection[UUID]) -> Mapping[UUID, Sequence[FacetView]]:
    """The facets of each asset, by name; `MOST` of them at most, and without bodies behind `MOST_BYTES`."""
    found: defaultdict[UUID, list[FacetView]] = defaultdict(list)
    query = select(Asset.pk, Asset.workspace, Asset.namespace, Asset.name)
    for some in chunks(asset_pks):
        rows = session.execute(query.where(col(Asset.pk).in_(some)))
        keys = {dataset_key(*named): pk for pk, *named in rows}
        for dataset, *shown in session.execute(_shown(keys)):
            found[keys[dataset]].append(FacetView(*shown))
    return {pk: found.get(pk, []) for pk in asset_pks}


def _shown(keys: Collection[UUID]) -> Any:
    """Reads facets: the database counts the bytes before each, and leaves bodies out behind the most."""
    table, by_name = col(DatasetFacet.dataset), (col(DatasetFacet.dataset), col(DatasetFacet.name))
    size = case((col(DatasetFacet.body).is_(None), 0), else_=col(DatasetFacet.size_bytes))
    ranked = (
        select(
            DatasetFacet.pk,
            func.row_number().over(partition_by=table, order_by=col(DatasetFacet.name)).label("place"),
            func.sum(size).over(order_by=by_name).label("bytes"),
        )
        .where(table.in_(keys), DatasetFacet.size_bytes > 0)
        .subquery()
    )
    return (
        select(  # type: ignore[call-overload]  # SQLModel's select is typed up to four columns
            DatasetFacet.dataset,
            DatasetFacet.workspace,
            DatasetFacet.name,
            DatasetFacet.producer,
            DatasetFacet.schema_url,
            DatasetFacet.said_at,
            DatasetFacet.size_bytes,
            case((ranked.c.bytes <= MOST_BYTES, col(DatasetFacet.body)), else_=None),
        )
        .join(ranked, ranked.c.pk == col(DatasetFacet.pk))
        .where(ranked.c.place <= MOST)
        .order_by(*by_name)
    )


def forget_facets(session: Session, kept_for: timedelta) -> bool:
    """Delete some facets that came longer ago than events are kept; True if there may be more."""
    old = select(DatasetFacet.pk).where(col(DatasetFacet.received_at) < clock(session) - kept_for)
    some = session.scalars(old.limit(FORGOTTEN)).all()
    session.execute(
        delete(DatasetFacet).where(col(DatasetFacet.pk).in_(some)).execution_options(synchronize_session=False)
    )
    return len(some) == FORGOTTEN
