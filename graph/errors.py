"""What the doors refuse before anything is executed.

* Rejected                      of jobs.errors
  x BadRequest                  the request is none of GraphQL over HTTP
    + CrossSite
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
