"""The door to pictures: pages for those who have a grant, drawn when they are asked for."""

import asyncio
import secrets
from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from graph.grants import ASK_ANEW, Purpose, Transfers
from graph.http import error_response
from graph.journal import Journal, refused_at
from graph.sketches import Sight, sight_of, sketched
from jobs.engines.drawing.page import Dress, page_of
from jobs.engines.drawing.values import Picture
from jobs.errors import BadGrant, HeadwaterError, UnknownAsset

FOLDER = Path(__file__).parent / "static" / "picture"
AT_ONCE = 2  # pictures that are drawn at a time: the biggest take a second or two of CPU
STATUSES: Mapping[type[HeadwaterError], int] = {BadGrant: 403, UnknownAsset: 404}


def headers(nonce: str) -> dict[str, str]:
    """What a picture is sent with: its names are hostile, so it stands apart and loads nothing."""
    policy = (
        "sandbox allow-scripts",
        "default-src 'none'",
        f"script-src 'nonce-{nonce}'",
        f"style-src 'nonce-{nonce}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",  # the address is a permission
        "Cache-Control": "private, no-cache",
    }


@cache
def clothes() -> tuple[str, str]:
    """The style and the script of all pictures."""
    style, script = (FOLDER / name for name in ("picture.css", "picture.js"))
    return style.read_text(encoding="utf-8"), script.read_text(encoding="utf-8")


def drawn(picture: Picture, nonce: str) -> str:
    """The page of a picture."""
    return page_of(picture, Dress(*clothes(), nonce))


class Gallery:
    """Shows pictures."""

    def __init__(self, transfers: Transfers, journal: Journal) -> None:
        self._store, self._grants, self._journal = transfers.intake.store, transfers.grants, journal
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def show(self, request: Request) -> Response:
        """The picture that a grant permits, as it was at its revision; or a coded error."""
        try:
            sight = await self._sight(request.path_params["grant"])
            async with self._turns:
                picture = await self._store.read(partial(sketched, sight=sight))
                if picture is None:
                    raise UnknownAsset(hint="The graph was cleared: ask for a new picture.")
                nonce = secrets.token_urlsafe(16)
                page = await asyncio.to_thread(drawn, picture, nonce)
        except HeadwaterError as error:
            self._journal.tell(*refused_at("picture", error, request))
            response = error_response(error, STATUSES.get(type(error), 400))
            response.headers["Cache-Control"] = "no-store"
            return response
        return HTMLResponse(page, headers=headers(nonce))

    async def _sight(self, word: str) -> Sight:
        grant = await self._grants.check(word, Purpose.PICTURE)
        try:
            return sight_of(grant.about)
        except ValueError as error:  # signed by another version of us
            raise BadGrant(hint=ASK_ANEW) from error
