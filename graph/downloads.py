"""The door to rows as files: made in a child on the way out, for those who have a grant."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from db.artifacts import find_artifact
from graph.grants import ASK_ANEW, Purpose, Transfers
from graph.http import error_response
from graph.journal import Journal, refused_at
from graph.tabular import FILES, Form
from jobs.children import Children
from jobs.engines.sql.downloads import write_arrow, write_csv, write_json_lines, write_xlsx
from jobs.engines.sql.errors import TooMuchForSheet
from jobs.errors import ArtifactMissing, BadGrant, ChildTimedOut, HeadwaterError
from jobs.scratch import Scratch

PIECE_BYTES = 1 << 18
STATUSES: Mapping[type[HeadwaterError], int] = {
    BadGrant: 403,
    ArtifactMissing: 410,
    TooMuchForSheet: 413,
    ChildTimedOut: 503,
}
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Referrer-Policy": "no-referrer",  # the address is a permission
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where files are made of rows, opened once a process."""

    children: Children
    scratch: Scratch
    one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def folder(self) -> Path:
        """An empty folder for one file."""
        async with self.one:  # the first makes the folder of this process
            return await asyncio.to_thread(self.scratch.folder)

    async def close(self) -> None:
        """End the children, and remove what they left."""
        await self.children.close()
        await asyncio.to_thread(self.scratch.close)


def make(form: Form, rows: Path, to: Path) -> None:
    """Write a Parquet file's rows in a form; in a child, for it takes long and holds this process up."""
    match form:
        case Form.CSV:
            write_csv(rows, to)
        case Form.CSV_SAFE:
            write_csv(rows, to, formula_safe=True)
        case Form.JSON_LINES:
            write_json_lines(rows, to)
        case Form.ARROW:
            write_arrow(rows, to)
        case Form.XLSX:
            write_xlsx(rows, to)


def asked_by(about: str) -> tuple[str, Form]:
    """The digest of a file of rows, and the form in which a grant gives them.

    Raises:
        BadGrant: It was signed by another version of us.
    """
    digest, _, form = about.partition("/")
    try:
        return digest, Form(form)
    except ValueError as error:
        raise BadGrant(hint=ASK_ANEW) from error


class Rows:
    """Gives rows out."""

    def __init__(self, transfers: Transfers, journal: Journal, workshop: Workshop) -> None:
        self._intake, self._grants = transfers.intake, transfers.grants
        self._journal, self._workshop = journal, workshop

    async def give(self, request: Request) -> Response:
        """The rows that a grant names, in its form; or a coded error."""
        try:
            grant = await self._grants.check(request.path_params["grant"], Purpose.GET_ROWS)
            digest, form = asked_by(grant.about)
            source = await self._source(grant.workspace, digest)
            file, size = await self._made(form, source)
        except HeadwaterError as error:
            self._journal.tell(*refused_at("download", error, request))
            return error_response(error, STATUSES.get(type(error), 400))
        name, media_type = FILES[form]
        headers = HEADERS | {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Length": str(size),
        }
        return StreamingResponse(pieces(file), media_type=media_type, headers=headers)

    async def _source(self, workspace: str, digest: str) -> Path:
        find = partial(find_artifact, workspace=workspace, digest=digest)
        path = self._intake.folder.path(digest)
        if await self._intake.store.read(find) is None or not await asyncio.to_thread(path.is_file):
            raise ArtifactMissing("The rows are gone.", hint="Run the statement again.")
        return path

    async def _made(self, form: Form, source: Path) -> tuple[IO[bytes], int]:
        """The file, open, and its size; it has no name any more, so nothing of it stays when it is closed."""
        folder = await self._workshop.folder()
        try:
            to = folder / "rows"
            await self._workshop.children.call(make, form, source, to)
            return await asyncio.to_thread(to.open, "rb"), (await asyncio.to_thread(to.stat)).st_size
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    """A file bit by bit; it is closed at its end, or when nobody wants more of it."""
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            yield piece
