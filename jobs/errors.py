"""Everything a caller can cause or must handle.

* HeadwaterError
  x Rejected              refused; nothing was written
    + InvalidParams
    + TooManyRuns
    + LimitReached
    + NotFound
      - UnknownRun
      - UnknownWorkspace
      - UnknownAsset
      - UnknownWatch
      - UnknownMember
      - UnknownKey
      - UnknownTag
      - UnknownUpload
    + UploadNotReady
    + UploadReceived
    + TooManyUploads
    + BadFile
    + BadGrant
    + ArtifactMissing
    + WorkspaceBusy
    + RunNotReady
    + DuplicateRunId
    + Unauthenticated
    + Forbidden
    + IssuerAway
    + TooLarge
    + TooFarApart
    + NotAllWalked
  x RunFailed             accepted, then failed
    + TimedOut
    + WorkerLost
    + UnknownKind
    + DatabaseAway
    + ArtifactTooLarge
    + ArtifactLost
    + BadCatalog
    + SourceShrank
    + ChildFailed
      - ChildDied
      - ChildTimedOut
      - ChildOutOfMemory
  x StopRequested         somebody asked this run to stop
  x LeaseLost             another attempt owns this run now
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class HeadwaterError(Exception):
    """Headwater could not do this.

    The first line of a subclass's docstring is its default message. `code` is part of
    the public API and is never changed or reused; `hint` says what to do next; a
    `retryable` failure is tried again by itself.
    """

    code: ClassVar[str] = "INTERNAL"
    retryable: ClassVar[bool] = False
    retry_after: int | None = None  # seconds until the same may succeed, where somebody can tell

    def __init__(self, message: str = "", *, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message or (type(self).__doc__ or "").partition("\n")[0])


class Rejected(HeadwaterError):
    """The request was refused and nothing was written."""

    code = "BAD_INPUT"


class InvalidParams(Rejected):
    """A parameter has the right type but not an acceptable value."""

    code = "VALIDATION_FAILED"

    def __init__(self, field: str, problem: str, *, hint: str = "") -> None:
        self.field = field
        super().__init__(f"{field} {problem}", hint=hint)


class LimitReached(Rejected):
    """Somebody asks for more than one principal, address or workspace may have."""

    code = "RATE_LIMITED"
    retryable = True

    def __init__(
        self, message: str, *, limit: str, allowed: int, retry_after: int | None = None, hint: str = ""
    ) -> None:
        self.limit, self.allowed, self.retry_after = limit, allowed, retry_after
        super().__init__(message, hint=hint)


class TooManyRuns(Rejected):
    """There are as many unfinished runs as allowed."""

    code = "RATE_LIMITED"

    def __init__(self, unfinished: int, allowed: int, *, whose: str = "runs") -> None:
        self.unfinished, self.allowed = unfinished, allowed
        hint = "Wait for one to finish, or stop one."
        super().__init__(f"{unfinished} {whose} are unfinished and {allowed} are allowed", hint=hint)


class NotFound(Rejected):
    """There is no such thing, or it is not yours."""

    code = "NOT_FOUND"


class UnknownRun(NotFound):
    """There is no such run, or it is not yours."""


class UnknownWorkspace(NotFound):
    """There is no such workspace, or it is not yours."""


class UnknownAsset(NotFound):
    """There is no such asset or column, or it is not yours."""


class UnknownWatch(NotFound):
    """There is no such watch, or it is not yours to see."""


class UnknownMember(NotFound):
    """There is no such member."""


class UnknownKey(NotFound):
    """There is no such key, or it is not yours."""


class UnknownTag(NotFound):
    """There is no policy for this tag."""


class UnknownUpload(NotFound):
    """There is no such upload, or it is not yours."""

    def __init__(self, field: str, upload_id: str) -> None:
        self.field, self.upload_id = field, upload_id
        hint = "An upload that no run refers to is kept for a day: announce it again with createUpload."
        super().__init__(f"{field} is {upload_id!r}, and there is no such upload", hint=hint)


class UploadNotReady(Rejected):
    """The file of this upload has not arrived."""

    code = "UPLOAD_NOT_READY"
    retryable = True

    def __init__(self, field: str, upload_id: str) -> None:
        self.field, self.upload_id = field, upload_id
        hint = "PUT its bytes to its putUrl, or announce it again with createUpload if that is null."
        super().__init__(f"{field} is upload {upload_id}, whose file has not arrived", hint=hint)


class UploadReceived(Rejected):
    """The file of this upload has arrived already."""

    code = "UPLOAD_RECEIVED"


class TooManyUploads(Rejected):
    """There are as many announced uploads as allowed whose files have not arrived."""

    code = "RATE_LIMITED"
    retryable = True

    def __init__(self, waiting: int, allowed: int) -> None:
        self.waiting, self.allowed = waiting, allowed
        hint = "Send their files, or wait until their addresses expire."
        super().__init__(
            f"{waiting} uploads are announced and have not arrived, and {allowed} are allowed", hint=hint
        )


class BadFile(Rejected):
    """A file is not what it should be."""

    def __init__(self, field: str, problem: str, *, hint: str = "") -> None:
        self.field = field
        super().__init__(f"{field} {problem}", hint=hint)


class BadGrant(Rejected):
    """The address is not valid, or not any more."""

    code = "FORBIDDEN"


class ArtifactMissing(Rejected):
    """An artifact that should be there is not."""

    code = "ARTIFACT_MISSING"


class WorkspaceBusy(Rejected):
    """The workspace is at work, or is being cleared."""

    code = "BUSY"
    retryable = True

    def __init__(self, message: str = "", *, holder: str | None = None, hint: str = "") -> None:
        self.holder = holder  # the run that holds it, if one does
        super().__init__(message, hint=hint)


class RunNotReady(Rejected):
    """The run has not ended yet."""

    code = "RUN_NOT_READY"
    retryable = True

    def __init__(self, run_id: str, status: str) -> None:
        self.run_id, self.status = run_id, status
        hint = "Watch runEvents until FINISHED, or stop the run first."
        super().__init__(f"run {run_id} is {status} and has not ended yet", hint=hint)


class DuplicateRunId(Rejected):
    """The id or key already belongs to a run with another input."""

    code = "DUPLICATE_RUN_ID"

    def __init__(self, field: str, value: str) -> None:
        self.field, self.value = field, value
        hint = f"Choose another {field}, or leave it out to get a new run."
        super().__init__(f"{field} {value!r} already belongs to a run with another input", hint=hint)


class Unauthenticated(Rejected):
    """An API token is needed, and the one given is missing or wrong."""

    code = "UNAUTHENTICATED"


class Forbidden(Rejected):
    """The role that this takes is higher than yours."""

    code = "FORBIDDEN"


class IssuerAway(Rejected):
    """Nobody can be recognised: the issuer of tokens cannot be asked for its keys."""

    code = "ISSUER_UNAVAILABLE"
    retryable = True


class TooLarge(Rejected):
    """The request body is larger than allowed."""

    code = "TOO_LARGE"


class TooFarApart(Rejected):
    """So much differs between these two revisions that they are not compared at once."""

    code = "TOO_FAR_APART"


class NotAllWalked(Rejected):
    """There was not time enough to walk all of the graph."""

    code = "TIMEOUT"
    retryable = True


class RunFailed(HeadwaterError):
    """The run was accepted and then failed."""

    code = "RUN_FAILED"


class TimedOut(RunFailed):
    """The run took longer than its timeout."""

    code = "TIMEOUT"


class ArtifactTooLarge(RunFailed):
    """The run made an artifact that is larger than allowed."""

    code = "ARTIFACT_TOO_LARGE"


class ArtifactLost(RunFailed):
    """An artifact that the run needs is gone from the store."""

    code = "ARTIFACT_MISSING"


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which the files of a run are not what they should be, and how often."""

    code: str  # in capitals: part of the public API
    file: str  # the name of the file, or of the entry in an archive
    message: str  # in words, naming what to do
    field: str = ""  # the column, or the path of a value (`[3].inputs[0]`), that is wrong
    row_count: int = 1  # rows, entries or values that are wrong in this way
    rows: tuple[str, ...] = ()  # the first of them


class BadCatalog(RunFailed):
    """The files of a catalog break its contract."""

    code = "BAD_CATALOG"

    def __init__(self, problems: Sequence[Problem] = (), *, hint: str = "") -> None:
        self.problems = tuple(problems)
        first = f": {self.problems[0].file}: {self.problems[0].message}" if problems else ""
        count = len(self.problems)
        words = "1 problem" if count == 1 else f"{count:,} problems"
        listed = (
            f"{'It' if count == 1 else 'Each'} is listed with its first rows: error {{ problems {{ rows }} }}."
        )
        super().__init__(f"The files hold {words}{first}", hint=hint or listed)


class SourceShrank(RunFailed):
    """The source would lose nearly all that it said before; nothing was changed."""

    code = "SOURCE_SHRANK"


class WorkerLost(RunFailed):
    """The worker died while executing this run, as often as a run is tried."""

    code = "WORKER_LOST"


class UnknownKind(RunFailed):
    """The worker has no pipeline for runs of this kind."""

    code = "UNKNOWN_KIND"
    retryable = True  # another worker may be newer


class DatabaseAway(RunFailed):
    """The database was away for a moment."""

    code = "DATABASE_AWAY"
    retryable = True


class ChildFailed(RunFailed):
    """A child process could not do its work."""

    code = "CHILD_FAILED"


class ChildDied(ChildFailed):
    """A child process died while working."""

    code = "CHILD_DIED"


class ChildTimedOut(ChildFailed):
    """A child process took longer than it was given, and was killed."""

    code = "TIMEOUT"


class ChildOutOfMemory(ChildFailed):
    """A child process took more memory than it was given, and was killed."""

    code = "OUT_OF_MEMORY"


class StopRequested(HeadwaterError):
    """Somebody asked this run to stop."""

    code = "STOPPED"


class LeaseLost(HeadwaterError):
    """Another attempt owns this run now."""

    code = "LEASE_LOST"
