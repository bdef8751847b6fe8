"""What a request over HTTP says of itself: the media it takes and brings, and whether a page could forge it."""

from collections.abc import Iterator

from starlette.requests import Request

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
