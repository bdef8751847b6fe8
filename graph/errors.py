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
