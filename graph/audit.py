"""The audit log: what is written into it, and how it is read."""

import inspect
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import strawberry
from strawberry import relay
from strawberry.extensions import FieldExtension

from db.access import Role
from db.audit import AuditEntry as EntryRow
from db.audit import AuditFilter, append, entries_before
from db.models import MAIN_WORKSPACE, now
from graph.arguments import After, First, in_utc
from graph.context import Context, Info
from graph.paging import bad_cursor, decode_cursor, encode_cursor, page_of, page_size
from graph.rights import NEEDS
from jobs.errors import HeadwaterError

DONE, CRASHED = "done", "INTERNAL"
TARGETS = ("run_id", "upload_id", "key_id", "principal", "name")  # arguments that say what a mutation is about
FOUND = ("run_id", "upload_id")  # of what it gives back
IN_A_WORKSPACE = {name for name, need in NEEDS.items() if isinstance(need, Role)} | {"submitRun"}
MAX_CHARACTERS = 300  # of a word in an entry


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
    workspace = given.get("workspace") or getattr(options, "workspace", None) or default
    names = [getattr(found, name, None) for name in FOUND] + [given.get(name) for name in TARGETS]
    target = next((str(name) for name in names if name), None)
    entry = EntryRow(
        at=now(),
        principal=context.principal.name,
        action=action,
        workspace=workspace and str(workspace)[:MAX_CHARACTERS],
        target=target[:MAX_CHARACTERS] if target else None,
        outcome=outcome,
        address=context.address,
        request_id=context.request_id,
    )
    await context.desk.store.write(lambda session: append(session, entry.model_copy()))


@strawberry.type(description="Something that somebody did, or was refused.")
class AuditEntry:
    at: datetime = strawberry.field(description="When.")
    principal: str = strawberry.field(description="Who.")
    action: str = strawberry.field(description="What: the mutation's name.")
    workspace: str | None = strawberry.field(description="Where.")
    target: str | None = strawberry.field(description="What it was about: a run, upload, key, member or name.")
    outcome: str = strawberry.field(description="`done`, or the code of the refusal or error.")
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
    action: str | None = strawberry.field(default=None, description="Only this mutation.")
    outcome: str | None = strawberry.field(default=None, description="Only what ended so, such as `done`.")
    since: datetime | None = strawberry.field(default=None, description="Only from then on.")
    until: datetime | None = strawberry.field(default=None, description="Only before then.")


def id_behind(after: str | None) -> int | None:
    """The number in a cursor.

    Raises:
        InvalidParams: It is no cursor of this list.
    """
    if after is None:
        return None
    (number,) = decode_cursor(after, parts=1)
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise bad_cursor()
    return int(number)


@strawberry.type
class AuditQuery:
    @strawberry.field(
        description="Who did what, newest first: of one workspace for its admins, of all for operators. "
        "Entries are never changed, and nobody can change them through this API."
    )
    async def audit_log(
        self,
        info: Info,
        filter: Annotated[  # noqa: A002 - the API's word
            AuditFilterInput | None, strawberry.argument(description="Which entries.")
        ] = None,
        first: First = 50,
        after: After = None,
        workspace: Annotated[
            str | None, strawberry.argument(description="Of which workspace; left out: of all.")
        ] = None,
    ) -> AuditEntryConnection:
        rights = info.context.rights
        if workspace is None:
            rights.demand_operator()
        else:
            rights.demand(Role.ADMIN, workspace)
        given = filter or AuditFilterInput()
        wanted = AuditFilter(
            workspace=workspace,
            principal=given.principal,
            action=given.action,
            outcome=given.outcome,
            since=given.since and in_utc("filter.since", given.since),
            until=given.until and in_utc("filter.until", given.until),
        )
        limit, before = page_size(first) + 1, id_behind(after)
        read = partial(entries_before, wanted=wanted, before=before, limit=limit)
        rows = await info.context.desk.store.read(read)
        cursors = [encode_cursor(str(row.id)) for row in rows]
        edges = [
            AuditEntryEdge(cursor=at, node=AuditEntry.of(row)) for at, row in zip(cursors, rows, strict=True)
        ]
        page = page_of(rows, first, after=after, cursors=cursors)
        return AuditEntryConnection(page_info=page, edges=edges[:first])
