"""Domain errors as GraphQL types and coded errors; everything else is masked."""

import logging
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

import strawberry
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.field import StrawberryField

from db.models import now
from graph.enums import LimitName
from graph.scalars import BigInt
from jobs.engines.sql.errors import EngineUnavailable
from jobs.errors import (
    BadFile,
    DuplicateRunId,
    Forbidden,
    HeadwaterError,
    InvalidParams,
    LimitReached,
    NotFound,
    RunNotReady,
    TooManyRuns,
    TooManyUploads,
    UploadNotReady,
    WorkspaceBusy,
)

log = logging.getLogger(__name__)

R = TypeVar("R", bound="Refusal")

NOT_OURS = (GraphQLError, CannotGetOperationTypeError, InvalidOperationTypeError, MissingQueryError)
"""What GraphQL itself says of a request."""


@strawberry.interface(description="Why a request was refused. Nothing was written.")
class Refusal:
    code: str = strawberry.field(description="Stable; safe to compare against.")
    message: str = strawberry.field(description="For people; may change.")
    hint: str = strawberry.field(description="What to do next; may be empty.")
    retryable: bool = strawberry.field(description="Whether the same request may succeed later.")
    timestamp: datetime = strawberry.field(description="When it was refused.")
    retry_after: int | None = strawberry.field(
        description="In how many seconds it may succeed; null if that is no matter of time."
    )


@strawberry.type(description="A value has the right type but is not acceptable.")
class InvalidParamsRefusal(Refusal):
    field: str = strawberry.field(description="Which field of the input it is.")


@strawberry.type(description="There are as many unfinished runs as allowed.")
class TooManyRunsRefusal(Refusal):
    unfinished: int = strawberry.field(description="Runs that are queued or running.")
    allowed: int = strawberry.field(description="How many may be.")


@strawberry.type(description="Somebody asks for more than one principal, address or workspace may have.")
class RateLimitedRefusal(Refusal):
    limit: LimitName = strawberry.field(description="Which limit it is.")
    maximum: BigInt = strawberry.field(description="How much it allows.")


@strawberry.type(description="The id or the idempotency key belongs to a run with another input.")
class DuplicateRunIdRefusal(Refusal):
    field: str = strawberry.field(description="`runId` or `idempotencyKey`.")


@strawberry.type(description="There is no such thing, or it is not yours.")
class NotFoundRefusal(Refusal):
    pass


@strawberry.type(description="You may do something there, but not this.")
class ForbiddenRefusal(Refusal):
    pass


@strawberry.type(description="The run has not ended yet.")
class RunNotReadyRefusal(Refusal):
    run_id: str = strawberry.field(description="The run.")


@strawberry.type(description="The file of an upload has not arrived.")
class UploadNotReadyRefusal(Refusal):
    upload_id: strawberry.ID = strawberry.field(description="The upload.")


@strawberry.type(description="A file is not what it should be.")
class BadFileRefusal(Refusal):
    field: str = strawberry.field(description="Which field of the input it is, or which file.")


@strawberry.type(description="The workspace is at work, or is being cleared.")
class WorkspaceBusyRefusal(Refusal):
    holder: str | None = strawberry.field(description="The run that holds it; null while it is being cleared.")


@strawberry.type(description="There is no such engine here.")
class EngineUnavailableRefusal(Refusal):
    engine: str = strawberry.field(description="The engine that was asked for.")
    present: list[str] = strawberry.field(description="Those that there are.")


@strawberry.type(description="There are as many announced uploads as allowed whose files have not arrived.")
class TooManyUploadsRefusal(Refusal):
    waiting: int = strawberry.field(description="Uploads of the workspace that have not arrived.")
    allowed: int = strawberry.field(description="How many may be.")


def refuse(into: type[R], error: HeadwaterError, **details: Any) -> R:
    """A refusal of this type from an error."""
    return into(
        code=error.code,
        message=str(error),
        hint=error.hint,
        retryable=error.retryable,
        timestamp=now(),
        retry_after=error.retry_after,
        **details,
    )


class RefuseInvalidParams(strawberry.ExceptionHandler[InvalidParams, InvalidParamsRefusal]):
    def handle(
        self, exception: InvalidParams, *, field: StrawberryField, info: strawberry.Info
    ) -> InvalidParamsRefusal:
        del field, info
        return refuse(InvalidParamsRefusal, exception, field=exception.field)


class RefuseTooManyRuns(strawberry.ExceptionHandler[TooManyRuns, TooManyRunsRefusal]):
    def handle(
        self, exception: TooManyRuns, *, field: StrawberryField, info: strawberry.Info
    ) -> TooManyRunsRefusal:
        del field, info
        counts = {"unfinished": exception.unfinished, "allowed": exception.allowed}
        return refuse(TooManyRunsRefusal, exception, **counts)


class RefuseLimitReached(strawberry.ExceptionHandler[LimitReached, RateLimitedRefusal]):
    def handle(
        self, exception: LimitReached, *, field: StrawberryField, info: strawberry.Info
    ) -> RateLimitedRefusal:
        del field, info
        details = {"limit": LimitName[exception.limit], "maximum": BigInt(exception.allowed)}
        return refuse(RateLimitedRefusal, exception, **details)


class RefuseDuplicateRunId(strawberry.ExceptionHandler[DuplicateRunId, DuplicateRunIdRefusal]):
    def handle(
        self, exception: DuplicateRunId, *, field: StrawberryField, info: strawberry.Info
    ) -> DuplicateRunIdRefusal:
        del field, info
        return refuse(DuplicateRunIdRefusal, exception, field=exception.field)


class RefuseUnknown(strawberry.ExceptionHandler[NotFound, NotFoundRefusal]):
    def handle(self, exception: NotFound, *, field: StrawberryField, info: strawberry.Info) -> NotFoundRefusal:
        del field, info
        return refuse(NotFoundRefusal, exception)


class RefuseForbidden(strawberry.ExceptionHandler[Forbidden, ForbiddenRefusal]):
    def handle(
        self, exception: Forbidden, *, field: StrawberryField, info: strawberry.Info
    ) -> ForbiddenRefusal:
        del field, info
        return refuse(ForbiddenRefusal, exception)


class RefuseRunNotReady(strawberry.ExceptionHandler[RunNotReady, RunNotReadyRefusal]):
    def handle(
        self, exception: RunNotReady, *, field: StrawberryField, info: strawberry.Info
    ) -> RunNotReadyRefusal:
        del field, info
        return refuse(RunNotReadyRefusal, exception, run_id=exception.run_id)


class RefuseUploadNotReady(strawberry.ExceptionHandler[UploadNotReady, UploadNotReadyRefusal]):
    def handle(
        self, exception: UploadNotReady, *, field: StrawberryField, info: strawberry.Info
    ) -> UploadNotReadyRefusal:
        del field, info
        return refuse(UploadNotReadyRefusal, exception, upload_id=strawberry.ID(exception.upload_id))


class RefuseBadFile(strawberry.ExceptionHandler[BadFile, BadFileRefusal]):
    def handle(self, exception: BadFile, *, field: StrawberryField, info: strawberry.Info) -> BadFileRefusal:
        del field, info
        return refuse(BadFileRefusal, exception, field=exception.field)


class RefuseWorkspaceBusy(strawberry.ExceptionHandler[WorkspaceBusy, WorkspaceBusyRefusal]):
    def handle(
        self, exception: WorkspaceBusy, *, field: StrawberryField, info: strawberry.Info
    ) -> WorkspaceBusyRefusal:
        del field, info
        return refuse(WorkspaceBusyRefusal, exception, holder=exception.holder)


class RefuseEngine(strawberry.ExceptionHandler[EngineUnavailable, EngineUnavailableRefusal]):
    def handle(
        self, exception: EngineUnavailable, *, field: StrawberryField, info: strawberry.Info
    ) -> EngineUnavailableRefusal:
        del field, info
        details = {"engine": exception.engine, "present": list(exception.present)}
        return refuse(EngineUnavailableRefusal, exception, **details)


class RefuseTooManyUploads(strawberry.ExceptionHandler[TooManyUploads, TooManyUploadsRefusal]):
    def handle(
        self, exception: TooManyUploads, *, field: StrawberryField, info: strawberry.Info
    ) -> TooManyUploadsRefusal:
        del field, info
        counts = {"waiting": exception.waiting, "allowed": exception.allowed}
        return refuse(TooManyUploadsRefusal, exception, **counts)


HANDLERS = (
    RefuseInvalidParams(),
    RefuseTooManyRuns(),
    RefuseLimitReached(),
    RefuseDuplicateRunId(),
    RefuseUnknown(),
    RefuseForbidden(),
    RefuseRunNotReady(),
    RefuseWorkspaceBusy(),
    RefuseUploadNotReady(),
    RefuseBadFile(),
    RefuseTooManyUploads(),
    RefuseEngine(),
)


def code_of(error: HeadwaterError) -> dict[str, Any]:
    """What `extensions` of a GraphQL error says about one of ours."""
    extensions: dict[str, Any] = {
        "code": error.code,
        "hint": error.hint,
        "retryable": error.retryable,
        "timestamp": now().isoformat(),
    }
    if isinstance(error, InvalidParams | BadFile):
        extensions["field"] = error.field
    if error.code == LimitReached.code:
        extensions["retryAfter"] = error.retry_after
    return extensions


def limit_in(answer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What an answer says of the limit for which nothing was executed; None if that is not the reason."""
    if "data" in answer:
        return None
    told = (error.get("extensions") or {} for error in answer.get("errors", ()))
    return next((each for each in told if each.get("code") == LimitReached.code), None)


def masked(cause: BaseException) -> tuple[str, dict[str, Any]]:
    """What is shown of a bug, message and extensions: an id that finds the log line, and nothing else."""
    incident = secrets.token_hex(4)
    log.error("request crashed", exc_info=cause, extra={"incident": incident})
    extensions = {
        "code": "INTERNAL",
        "hint": f"The log has the details beside incident {incident}.",
        "retryable": False,
        "timestamp": now().isoformat(),
    }
    return "Internal error.", extensions


def is_request_error(result: Any) -> bool:
    """Whether a result says that nothing was executed: its errors belong to no field."""
    return result.data is None and bool(result.errors) and all(error.path is None for error in result.errors)


def shown(error: GraphQLError) -> GraphQLError:
    """An error as a client may see it: ours with their code, GraphQL's own as BAD_INPUT, others masked."""
    cause = error.original_error
    if isinstance(cause, HeadwaterError):
        message, extensions = str(cause), code_of(cause)
    elif cause is None or isinstance(cause, NOT_OURS):
        message = error.message
        extensions = {"code": "BAD_INPUT", "hint": "", "retryable": False, "timestamp": now().isoformat()}
        extensions |= error.extensions or {}
    else:
        message, extensions = masked(cause)
    return GraphQLError(
        message=message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
