"""What the doors refuse before anything is executed.

* Rejected                        of jobs.errors
  x BadRequest                    the request is none of GraphQL over HTTP
    + CrossSite
    + ForeignOrigin
    + PersistedQueryNotFound
    + PersistedQueryNotSupported
    + PersistedQueryMismatch
    + UntrustedDocument
  x DocumentRefused               the document asks for too much
    + DocumentTooLong
    + DocumentTooDeep
    + TooManyAliases
    + DocumentTooCostly
  x TooManyOperations
"""

from collections.abc import Mapping
from typing import ClassVar

from jobs.errors import Rejected

PREFLIGHT = ("apollo-require-preflight", "x-apollo-operation-name")
"""Headers that a page can only send to another origin after its browser has asked."""


class BadRequest(Rejected):
    """The request is not one that GraphQL over HTTP allows."""

    code: ClassVar[str] = "BAD_INPUT"

    def __init__(
        self, message: str = "", *, hint: str = "", status: int = 400, headers: Mapping[str, str] | None = None
    ) -> None:
        self.status, self.headers = status, dict(headers or {})
        super().__init__(message, hint=hint)


class CrossSite(BadRequest):
    """The request is one that a page of any other site could have a browser send without being asked."""

    code = "CSRF_PREVENTED"

    def __init__(self) -> None:
        super().__init__(hint=f"Send the header `{PREFLIGHT[0]}: true`, or ask by POST.")


class ForeignOrigin(BadRequest):
    """The request comes from a page of another origin, which may not ask here."""

    code = "FOREIGN_ORIGIN"

    def __init__(self) -> None:
        super().__init__(hint="Whoever runs the service lets pages in by HEADWATER_CORS_ORIGINS.", status=403)


class DocumentRefused(Rejected):
    """A document asks for more than one request may; the message names the limit and by how much."""

    code = "DOCUMENT_REFUSED"

    def __init__(self, what: str, value: int | None, most: int, *, hint: str) -> None:
        self.value, self.most = value, most
        has = "more" if value is None else f"{value:,}"
        super().__init__(f"The document {what}: {has}, where {most:,} is the most.", hint=hint)


class DocumentTooLong(DocumentRefused):
    """A document has too many characters or tokens."""

    code = "DOCUMENT_TOO_LONG"


class DocumentTooDeep(DocumentRefused):
    """A document nests fields in fields, or fragments in fragments, too deep."""

    code = "DOCUMENT_TOO_DEEP"


class TooManyAliases(DocumentRefused):
    """A document asks under too many names of its own."""

    code = "TOO_MANY_ALIASES"


class DocumentTooCostly(DocumentRefused):
    """A document may have too many fields answered."""

    code = "DOCUMENT_TOO_COSTLY"


class PersistedQueryNotFound(BadRequest):
    """No document is known by this hash; send its text along with it once."""

    code = "PERSISTED_QUERY_NOT_FOUND"

    def __init__(self) -> None:
        # Clients of Apollo go by these very words, and some take any other status for a failure of the network.
        super().__init__(type(self).__name__, hint="Send the text along with its hash.", status=200)


class PersistedQueryNotSupported(BadRequest):
    """Documents are not remembered by their hashes here; send their texts."""

    code = "PERSISTED_QUERY_NOT_SUPPORTED"

    def __init__(self) -> None:
        super().__init__(type(self).__name__, hint="Send the text, and no hash.", status=200)


class PersistedQueryMismatch(BadRequest):
    """The hash that came with a document is that of another text."""

    code = "PERSISTED_QUERY_MISMATCH"

    def __init__(self) -> None:
        super().__init__(hint="Send the SHA-256 of the very text, in hexadecimal.")


class UntrustedDocument(BadRequest):
    """Only documents of the service's manifest are answered, and this is none of them."""

    code = "UNTRUSTED_DOCUMENT"

    def __init__(self) -> None:
        hint = "Have the document added to the manifest that HEADWATER_TRUSTED_DOCUMENTS names."
        super().__init__(hint=hint, status=403)


class TooManyOperations(Rejected):
    """There are as many operations under way on this socket as allowed."""

    code = "TOO_MANY_OPERATIONS"
    retryable = True

    def __init__(self, most: int) -> None:
        hint = "Wait for one to complete, complete one, or open another socket."
        super().__init__(f"{most:,} operations are under way on this socket, and no more may be.", hint=hint)
