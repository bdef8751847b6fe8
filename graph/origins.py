"""Pages of other origins: whose may ask, what they may send, and what their scripts may read of an answer."""

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from graph.errors import PREFLIGHT
from graph.http import REQUEST_ID

METHODS = ("GET", "HEAD", "POST", "PUT")
SENT = ("Authorization", "Content-Type", "If-None-Match", "If-Range", "Range", REQUEST_ID, *PREFLIGHT)
SHOWN = (
    "Accept-Ranges",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Retry-After",
    "WWW-Authenticate",
    REQUEST_ID,
)


def open_to_pages(origins: Sequence[str]) -> Middleware:
    """Let browsers show our answers to pages of these origins, and send what they ask about first.

    It has to be the outermost one: a page could not read a refusal that comes from outside of it. Browsers
    enforce nothing of this for sockets: `graph.http.Door` looks at their origin itself.
    """
    return Middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=METHODS,
        allow_headers=SENT,
        allow_credentials=True,
        expose_headers=SHOWN,
    )
