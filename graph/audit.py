"""The audit log: what the fields of the API write into it, and how it is read."""

import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

import orjson
import strawberry
from pydantic import TypeAdapter
from strawberry import relay
from strawberry.extensions import FieldExtension

from db.audit import AuditEntry as EntryRow
from db.audit import AuditFilter, append, entries_before
from db.models import MAIN_WORKSPACE, now
from db.roles import Role
from graph.arguments import After, First, in_utc
from graph.context import Context, Info
from graph.enums import describe
from graph.grants import LIFE, MAX_CHARACTERS, Purpose
from graph.journal import DONE, Note, entry_of
from graph.paging import BIG_INTEGER, encode_cursor, number_behind, page_of, page_size
from graph.rights import NEEDS
from jobs.errors import Forbidden, HeadwaterError, InvalidParams, UnknownWorkspace

CRASHED = "INTERNAL"
TARGETS = (
    "run_id",
    "upload_id",
    "key_id",
    "principal",
    "name",
    "tag",
    "id",
)  # arguments: what a mutation is about
FOUND = ("run_id", "upload_id", "tag", "name")  # of what it gives back
IN_A_WORKSPACE = {name for name, need in NEEDS.items() if isinstance(need, Role)} | {"submitRun"}


class Audited(FieldExtension):
    """Writes down who asked for a mutation, what it was about, and what came of it."""

    def __init__(self, action: str) -> None:
        self.action = action

    async def resolve_async(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        outcome, found = CRASHED, None
        try:
            found = next_(source, info, **kwargs)
            found = await found if inspect.isawaitable(found) else found
            outcome = DONE
        except HeadwaterError as error:
            outcome = error.code
            raise
        finally:
            await note(info.context, self.action, outcome, kwargs, found)
        return found


async def note(context: Context, action: str, outcome: str, given: Mapping[str, Any], found: Any) -> None:
    """Add an entry to the log."""
    options = given.get("options")
    default = MAIN_WORKSPACE if action in IN_A_WORKSPACE else None
    told = getattr(options, "workspace", None) or getattr(found, "workspace", None)
    workspace = given.get("workspace") or told or default
    names = [getattr(found, name, None) for name in FOUND] + [given.get(name) for name in TARGETS]
    target = next((str(name) for name in names if name), None)
    about = Note(action, outcome, context.principal.name, workspace and str(workspace), target)
    entry = entry_of(about, context.request, {})
    await context.desk.store.write(lambda session: append(session, entry.model_copy()))


class Witnessed(FieldExtension):
    """Has written down who was refused a field, but not each time."""

    def __init__(self, action: str) -> None:
        self.action = action

    def resolve(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        with self.witness(info, source, kwargs):
            return next_(source, info, **kwargs)

    async def resolve_async(self, next_: Any, source: Any, info: Any, **kwargs: Any) -> Any:
        with self.witness(info, source, kwargs):
            found = next_(source, info, **kwargs)
            return await found if inspect.isawaitable(found) else found

    @contextmanager
    def witness(self, info: Any, source: Any, given: Mapping[str, Any]) -> Iterator[None]:
        try:
            yield
        except (Forbidden, UnknownWorkspace) as error:
            context, default = info.context, MAIN_WORKSPACE if self.action in IN_A_WORKSPACE else None
            workspace = given.get("workspace") or getattr(source, "workspace", None) or default
            who = context.principal.name
            context.note(Note(self.action, error.code, who, workspace, reason=str(error)), who)
            raise


@strawberry.type(description="Something that somebody did, or was refused.")
class AuditEntry:
    at: datetime = strawberry.field(description="When.")
    principal: str = strawberry.field(description="Who; `nobody` where nobody vouches for who it was.")
    action: str = strawberry.field(
        description="What: the field's name, such as `setMember`; `signIn`, `upload`, `download` or `picture`."
    )
    workspace: str | None = strawberry.field(description="Where.")
    target: str | None = strawberry.field(description="What it was about: a run, upload, key, member or name.")
    outcome: str = strawberry.field(description="`done`, or the code of the refusal or error.")
    reason: str | None = strawberry.field(
        description="Why it was refused, in words, where the code says little."
    )
    repeats: int = strawberry.field(
        description="How many more alike came since the entry before, and are not written down one by one."
    )
    address: str | None = strawberry.field(description="From which address.")
    request_id: str | None = strawberry.field(description="The request, as lines of the logs name it.")

    @classmethod
    def of(cls, row: EntryRow) -> "AuditEntry":
        return cls(
            at=row.at,
            principal=row.principal,
            action=row.action,
            workspace=row.workspace,
            target=row.target,
            outcome=row.outcome,
            reason=row.details.get("reason"),
            repeats=row.details.get("repeats", 0),
            address=row.address,
            request_id=row.request_id,
        )


@strawberry.type(description="An entry in a list.")
class AuditEntryEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: AuditEntry = strawberry.field(description="The entry.")


@strawberry.type(description="Entries of the audit log, newest first.")
class AuditEntryConnection:
    page_info: relay.PageInfo = strawberry.field(description="What there is besides this page.")
    edges: list[AuditEntryEdge] = strawberry.field(description="The entries of this page.")


@strawberry.input(name="AuditFilter", description="Which entries; what is left out does not narrow it.")
class AuditFilterInput:
    principal: str | None = strawberry.field(default=None, description="Only what they did.")
    action: str | None = strawberry.field(
        default=None, description="Only this, such as `setMember` or `signIn`."
    )
    outcome: str | None = strawberry.field(default=None, description="Only what ended so, such as `done`.")
    since: datetime | None = strawberry.field(default=None, description="Only from then on.")
    until: datetime | None = strawberry.field(default=None, description="Only before then.")


class AuditFormat(StrEnum):
    """How entries are exported."""

    NDJSON = "ndjson"
    CSV = "csv"


describe(
    AuditFormat,
    "How entries are exported.",
    {"NDJSON": "A JSON object a line.", "CSV": "A table with a head, safe to open as a spreadsheet."},
)


@strawberry.type(description="Where entries of the audit log are found as a file.")
class AuditExport:
    url: str = strawberry.field(
        description="Where to GET them until `expiresAt`, newest first. Who has this address needs no token."
    )
    expires_at: datetime = strawberry.field(description="Until when `url` may be opened.")


@dataclass(frozen=True, slots=True)
class Extract:
    """Which entries are given out, in which form, and to whom."""

    principal: str
    form: AuditFormat
    wanted: AuditFilter


def worded(extract: Extract) -> str:
    """An extract as the words of a grant; `extract_of` reads them."""
    return orjson.dumps((extract.principal, extract.form, extract.wanted)).decode()


def extract_of(words: str) -> Extract:
    """What `worded` wrote.

    Raises:
        ValueError: These are other words.
    """
    return TypeAdapter(Extract).validate_python(
        dict(zip(("principal", "form", "wanted"), orjson.loads(words), strict=True))
    )


def filter_of(info: Info, given: AuditFilterInput | None, workspace: str | None) -> AuditFilter:
    """Which entries are asked for, by somebody who may see them.

    Raises:
        UnknownWorkspace, Forbidden: Somebody who may not.
    """
    rights, given = info.context.rights, given or AuditFilterInput()
    if workspace is None:
        rights.demand_operator()
    else:
        rights.demand(Role.ADMIN, workspace)
    return AuditFilter(
        workspace=workspace,
        principal=given.principal,
        action=given.action,
        outcome=given.outcome,
        since=given.since and in_utc("filter.since", given.since),
        until=given.until and in_utc("filter.until", given.until),
    )


FilterArgument = Annotated[AuditFilterInput | None, strawberry.argument(description="Which entries.")]
OfWorkspace = Annotated[str | None, strawberry.argument(description="Of which workspace; left out: of all.")]


@strawberry.type
class AuditQuery:
    @strawberry.field(
        description="Who did what, and was refused what, newest first: of one workspace for its admins, of all "
        "for operators. Entries are never changed, and nobody can change them through this API."
    )
    async def audit_log(
        self,
        info: Info,
        filter: FilterArgument = None,  # noqa: A002 - the API's word
        first: First = 50,
        after: After = None,
        workspace: OfWorkspace = None,
    ) -> AuditEntryConnection:
        wanted, context = filter_of(info, filter, workspace), info.context
        limit, before = page_size(first) + 1, number_behind(after, BIG_INTEGER)
        await context.journal.flush()
        read = partial(entries_before, wanted=wanted, before=before, limit=limit)
        rows = await context.desk.store.read(read)
        cursors = [encode_cursor(str(row.id)) for row in rows]
        edges = [
            AuditEntryEdge(cursor=at, node=AuditEntry.of(row)) for at, row in zip(cursors, rows, strict=True)
        ]
        page = page_of(rows, first, after=after, cursors=cursors)
        return AuditEntryConnection(page_info=page, edges=edges[:first])

    @strawberry.field(
        description="What `auditLog` shows, all of it, as a file. That it was opened is written down, too."
    )
    async def audit_export(
        self,
        info: Info,
        filter: FilterArgument = None,  # noqa: A002 - the API's word
        format: Annotated[  # noqa: A002 - the API's word
            AuditFormat, strawberry.argument(description="In which form.")
        ] = AuditFormat.NDJSON,
        workspace: OfWorkspace = None,
    ) -> AuditExport:
        wanted, context = filter_of(info, filter, workspace), info.context
        about, until = worded(Extract(context.principal.name, format, wanted)), (now() + LIFE)
        grants = context.transfers.grants
        grant = await grants.sign(Purpose.AUDIT, about, workspace or "", until=until)
        if len(grant) > MAX_CHARACTERS:
            raise InvalidParams("filter", "is too long")
        url = grants.address(context.request, f"/audit/{grant}/audit.{format.value}")
        return AuditExport(url=url, expires_at=until.replace(microsecond=0))
