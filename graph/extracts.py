"""The door to extracts of the audit log: files for those who have a grant, written as they are read."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from db.audit import AuditEntry, AuditFilter, entries_before
from db.store import Store
from graph.audit import AuditFormat, Extract, extract_of
from graph.grants import ASK_ANEW, Purpose, Transfers
from graph.http import error_response
from graph.journal import DONE, Journal, Note, network_of, refused_at
from jobs.errors import BadGrant

ACTION = "auditExport"
PAGE = 500  # entries in memory at a time
FIELDS = (
    "at",
    "principal",
    "action",
    "workspace",
    "target",
    "outcome",
    "reason",
    "repeats",
    "address",
    "requestId",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula; names in entries are anybody's."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Referrer-Policy": "no-referrer",  # the address is a permission
    "X-Content-Type-Options": "nosniff",
}


class Extracts:
    """Gives entries of the audit log out."""

    def __init__(self, transfers: Transfers, journal: Journal) -> None:
        self._grants, self._journal = transfers.grants, journal

    async def give(self, request: Request) -> Response:
        """All entries that a grant names, newest first; or a coded error."""
        try:
            workspace, extract = await self._granted(request)
        except BadGrant as error:
            self._journal.tell(*refused_at(ACTION, error, request))
            return error_response(error, 403)
        who = extract.principal
        self._journal.tell(
            Note(ACTION, DONE, who, workspace or None, request.path_params["name"]),
            request,
            (who, network_of(request), request.path_params["grant"]),
        )
        await self._journal.flush()
        headers = HEADERS | {"Content-Disposition": f'attachment; filename="audit.{extract.form.value}"'}
        media, lines = FORMS[extract.form]
        pages = pages_of(self._journal.store, extract.wanted)
        return StreamingResponse(written(pages, lines), media_type=media, headers=headers)

    async def _granted(self, request: Request) -> tuple[str, Extract]:
        grant = await self._grants.check(request.path_params["grant"], Purpose.AUDIT)
        try:
            extract = extract_of(grant.about)
        except ValueError as error:  # signed by another version of us
            raise BadGrant(hint=ASK_ANEW) from error
        return grant.workspace, extract


async def pages_of(store: Store, wanted: AuditFilter) -> AsyncIterator[Sequence[AuditEntry]]:
    """All entries that fit, newest first; none that is added meanwhile."""
    before: int | None = None
    while True:
        read = partial(entries_before, wanted=wanted, before=before, limit=PAGE)
        page = await store.read(read)
        yield page
        if len(page) < PAGE:
            return
        before = page[-1].id


Lines = Callable[[Iterable[Mapping[str, Any]], bool], str]


async def written(pages: AsyncIterator[Sequence[AuditEntry]], lines: Lines) -> AsyncIterator[str]:
    """The pieces of a file, one for each page."""
    is_first = True
    async for page in pages:
        yield lines(map(row_of, page), is_first)
        is_first = False


def row_of(entry: AuditEntry) -> dict[str, Any]:
    """An entry as it is given out, by the names that it has in the API."""
    told = (entry.details.get("reason"), entry.details.get("repeats", 0))
    what = (entry.at.isoformat(), entry.principal, entry.action, entry.workspace, entry.target, entry.outcome)
    return dict(zip(FIELDS, (*what, *told, entry.address, entry.request_id), strict=True))


def ndjson(rows: Iterable[Mapping[str, Any]], _is_first: bool) -> str:  # noqa: FBT001 - as `csv_lines`
    """A JSON object a line."""
    return "".join(f"{orjson.dumps(row).decode()}\n" for row in rows)


def csv_lines(rows: Iterable[Mapping[str, Any]], is_first: bool) -> str:  # noqa: FBT001 - of the first page or not
    """Lines of a table, the first of which names its columns."""
    paper = io.StringIO()
    writer = csv.DictWriter(paper, FIELDS)
    if is_first:
        writer.writeheader()
    writer.writerows({name: harmless(value) for name, value in row.items()} for row in rows)
    return paper.getvalue()


def harmless(value: object) -> object:
    """A value that no spreadsheet executes: text that looks like a formula is marked as text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


FORMS: Mapping[AuditFormat, tuple[str, Lines]] = {
    AuditFormat.NDJSON: ("application/x-ndjson", ndjson),
    AuditFormat.CSV: ("text/csv; charset=utf-8", csv_lines),
}
