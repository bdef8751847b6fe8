"""Results that are rows: shown in pages, and given out as files."""

import asyncio
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from graph.arguments import After, First
from graph.artifacts import about_artifact
from graph.context import Info
from graph.grants import Purpose
from graph.paging import BIG_INTEGER, bad_cursor, decode_cursor, encode_cursor, page_of, page_size
from graph.scalars import BigInt, Json
from jobs.engines.sql.rows import Page, read_page
from jobs.errors import ArtifactMissing

PARQUET = "result.parquet"


class Form(StrEnum):
    """A file that rows are made into."""

    CSV = "csv"
    CSV_SAFE = "csv-safe"
    JSON_LINES = "json-lines"
    ARROW = "arrow"
    XLSX = "xlsx"


FILES: Mapping[Form, tuple[str, str]] = {
    Form.CSV: ("result.csv", "text/csv; charset=utf-8"),
    Form.CSV_SAFE: ("result.csv", "text/csv; charset=utf-8"),
    Form.JSON_LINES: ("result.ndjson", "application/x-ndjson"),
    Form.ARROW: ("result.arrow", "application/vnd.apache.arrow.stream"),
    Form.XLSX: ("result.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
"""What each is called, and its media type."""


@strawberry.type(description="A row of a result.")
class Row:
    number: BigInt = strawberry.field(description="Its place in the result, counted from 0.")
    values: list[Json | None] = strawberry.field(
        description="Its values, in the order of `columns`. Numbers of 64 bits and more, decimals, NaN and "
        "Infinity are texts; moments are ISO 8601; bytes are base64; lists are lists, structs and maps objects."
    )


@strawberry.type(description="A row in a list.")
class RowEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Row = strawberry.field(description="The row.")


@strawberry.type(description="Rows, in the order in which the statement gave them.")
class RowConnection:
    page_info: relay.PageInfo = strawberry.field(description="What there is besides this page.")
    edges: list[RowEdge] = strawberry.field(description="The rows of this page.")


@strawberry.type(
    description="Addresses to GET rows from for 15 minutes. Who has one needs no token; each file is made on "
    "the way out."
)
class Downloads:
    digest: strawberry.Private[str]
    workspace: strawberry.Private[str]

    @strawberry.field(description="Parquet, as it is kept; in ranges, too.")
    async def parquet(self, info: Info) -> str:
        grants = info.context.transfers.grants
        grant = await grants.sign(Purpose.GET_ARTIFACT, about_artifact(self.digest, PARQUET), self.workspace)
        return grants.address(info.context.request, f"/artifacts/{grant}/{PARQUET}")

    @strawberry.field(description="CSV (RFC 4180) with a line of names; NULL is an empty cell.")
    async def csv(
        self,
        info: Info,
        *,
        formula_safe: Annotated[
            bool,
            strawberry.argument(description="Put an apostrophe before text that a spreadsheet would execute."),
        ] = False,
    ) -> str:
        return await self._address(info, Form.CSV_SAFE if formula_safe else Form.CSV)

    @strawberry.field(description="A JSON object a line.")
    async def json_lines(self, info: Info) -> str:
        return await self._address(info, Form.JSON_LINES)

    @strawberry.field(description="A stream of Arrow IPC.")
    async def arrow(self, info: Info) -> str:
        return await self._address(info, Form.ARROW)

    @strawberry.field(description="A spreadsheet; one of more rows than a sheet has is refused there.")
    async def xlsx(self, info: Info) -> str:
        return await self._address(info, Form.XLSX)

    async def _address(self, info: Info, form: Form) -> str:
        grants = info.context.transfers.grants
        grant = await grants.sign(Purpose.GET_ROWS, f"{self.digest}/{form}", self.workspace)
        return grants.address(info.context.request, f"/rows/{grant}/{FILES[form][0]}")


@strawberry.interface(description="A result that is rows, if its run gave any.")
class TabularResult:
    run_pk: strawberry.Private[UUID]
    workspace: strawberry.Private[str]
    artifact: str | None = strawberry.field(
        description="SHA-256 of the Parquet file with the rows; null: it had none."
    )

    @strawberry.field(description="Its rows, read from the file a page at a time; none if it has no file.")
    async def rows(self, info: Info, first: First = 20, after: After = None) -> RowConnection:
        limit, behind = page_size(first) + 1, self._behind(after)
        page = Page((), (), 0)
        if self.artifact is not None:
            path = info.context.transfers.intake.folder.path(self.artifact)
            page = await asyncio.to_thread(page_in, path, behind, limit)
        cursors = [encode_cursor(self.run_pk.hex, str(behind + at)) for at in range(len(page.rows))]
        edges = [
            RowEdge(cursor=cursor, node=Row(number=BigInt(behind + at), values=[Json(each) for each in row]))
            for at, (cursor, row) in enumerate(zip(cursors, page.rows, strict=True))
        ]
        return RowConnection(
            page_info=page_of(page.rows, first, after=after, cursors=cursors), edges=edges[:first]
        )

    @strawberry.field(description="Its rows as files; null if it has none.")
    def downloads(self) -> Downloads | None:
        return None if self.artifact is None else Downloads(digest=self.artifact, workspace=self.workspace)

    def _behind(self, after: str | None) -> int:
        """The number of the first row behind a cursor, which must be one of this run."""
        if after is None:
            return 0
        run, number = decode_cursor(after, parts=2)
        if run != self.run_pk.hex or not (
            number.isascii() and number.isdecimal() and len(number) <= BIG_INTEGER
        ):
            raise bad_cursor()
        return int(number) + 1


def page_in(path: Path, first: int, count: int) -> Page:
    """Rows of a file of ours; in a thread, for it reads the disk.

    Raises:
        ArtifactMissing: The file is gone.
    """
    if not path.is_file():
        hint = "Run the statement again."
        raise ArtifactMissing("The rows are gone from the store.", hint=hint)
    return read_page(path, first, count)
