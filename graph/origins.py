"""Pages of other origins: whose may ask, what they may send, and what their scripts may read of an answer."""

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from graph.errors import PREFLIGHT
from graph.http import REQUEST_ID
from graph.settings import ApiSettings

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


def open_to_pages(settings: ApiSettings) -> Middleware:
    """Let browsers show our answers to pages of the origins of the settings.

    It has to be the outermost one: a page could not read a refusal that comes from outside of it. Browsers
    enforce nothing of this for sockets: `graph.http.Door` looks at their origin itself.
    """
    return Middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=METHODS,
        allow_headers=SENT,
        allow_credentials=True,
        expose_headers=SHOWN,
    )
