"""What a request over HTTP says of itself: the media it takes and brings, and whether a page could forge it."""

from collections.abc import Collection, Iterator

from starlette.requests import Request
from strawberry.http.websocket_origin import is_same_origin, normalize_origin

from graph.errors import PREFLIGHT

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
ANY = ("*/*", "application/*")
SIMPLE = frozenset({"", "application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})
"""Content types that a page may send anywhere, without its browser asking first."""
UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})


def chosen(accept: str | None) -> str | None:
    """The media type of the answer: of what is liked best, what stands first; None if it is none of ours.

    Who takes anything, or does not say, is given JSON, which all clients know.
    """
    if not (accept or "").strip():
        return JSON
    liked: dict[str, float] = {}
    for name, quality in weighed(accept or ""):
        media = JSON if name in ANY else name
        if media in {JSON, GRAPHQL} and (name not in ANY or JSON not in liked):
            liked[media] = quality
    best = max(liked, key=lambda media: liked[media], default=None)
    return best if best is not None and liked[best] > 0 else None


def takes_gzip(accept_encoding: str | None) -> bool:
    """Whether an answer may come packed."""
    return any(name == "gzip" and quality > 0 for name, quality in weighed(accept_encoding or ""))


def weighed(header: str) -> Iterator[tuple[str, float]]:
    """The words of a header like Accept, each with its weight; one that cannot be read counts 0."""
    for part in header.split(","):
        name, *parameters = (word.strip().lower() for word in part.split(";"))
        weights = [word[2:].strip() for word in parameters if word.startswith("q=")]
        yield name, _number(weights[0]) if weights else 1.0


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def is_json(content_type: str | None) -> bool:
    """Whether a body says that it is JSON, in the only encoding that JSON has."""
    essence, *parameters = (word.strip().lower() for word in (content_type or "").split(";"))
    charsets = [word[8:].strip('"') for word in parameters if word.startswith("charset=")]
    return essence == JSON and all(charset in UTF_8 for charset in charsets)


def is_forgeable(request: Request) -> bool:
    """Whether any page could have had a browser send this, with the cookies and the network place of its user.

    Apollo's rule. A foreign page cannot read the answer, but it can see how long it took; and for all other
    requests its browser asks first: see `graph.origins`.
    """
    essence = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return essence in SIMPLE and not any(request.headers.get(name) for name in PREFLIGHT)


def is_foreign(request: Request, allowed: Collection[str]) -> bool:
    """Whether a page sent this whose origin is neither ours nor let in; what is no browser names none.

    Browsers ask first, and are told no: this holds for one that does not, and is the rule that sockets have.
    """
    origin = request.headers.get("origin")
    if origin is None or request.headers.get("sec-fetch-site") == "same-origin":
        return False
    return not is_same_origin(origin, request.headers.get("host")) and normalize_origin(origin) not in allowed
