"""What the columns of a table hold: found once for each version, and kept with it."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import strawberry

from db.warehouse import TableView, keep_statistics, statistics_of
from graph.context import Info
from graph.scalars import BigInt, Json
from jobs.engines.sql.profile import Profiling
from jobs.engines.sql.values import Column, Table


@strawberry.type(description="What a column of a table holds.")
class ColumnStatistics:
    name: str = strawberry.field(description="Its name.")
    null_count: BigInt = strawberry.field(description="Rows without a value.")
    distinct_count: BigInt | None = strawberry.field(
        description="About how many different values there are, some 2 % off; null where values have no order."
    )
    min: Json | None = strawberry.field(
        description="The least value, as rows show values, texts cut at 200 characters; null where values have "
        "no order, or there are none."
    )
    max: Json | None = strawberry.field(description="The greatest value, as above.")

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "ColumnStatistics":
        distinct, ends = kept["distinct"], (kept["least"], kept["greatest"])
        least, greatest = (None if end is None else Json(end) for end in ends)
        return cls(
            name=kept["name"],
            null_count=BigInt(kept["nulls"]),
            distinct_count=None if distinct is None else BigInt(distinct),
            min=least,
            max=greatest,
        )


async def statistics(info: Info, view: TableView) -> Sequence[ColumnStatistics]:
    """What the columns of a version hold; whoever asks first waits until its files were read.

    Raises:
        StatementFailed, InvalidParams, ChildFailed: It takes too much, or too many are asked for at once.
    """
    context, store = info.context, info.context.desk.store
    kept = await store.read(partial(statistics_of, table_pk=view.pk, number=view.version))
    if kept is None:
        folder = context.transfers.intake.folder
        files = tuple(folder.path(file.digest) for file in view.files)
        columns = tuple(Column(name, kind) for name, kind in view.columns)
        found = await context.sitting.profile(Profiling(Table(view.name, columns, files, view.schema)))
        kept = [asdict(each) for each in found]
        await store.write(partial(keep_statistics, table_pk=view.pk, number=view.version, statistics=kept))
    return [ColumnStatistics.of(each) for each in kept]
