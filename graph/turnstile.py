"""Counts who comes to the doors that grants open: by their address, for a grant does not say who holds it."""

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from graph.auth import address_of
from graph.files import Parting
from graph.http import error_response
from graph.meter import Meter
from graph.quotas import Asker, LimitName
from graph.settings import ApiSettings
from jobs.errors import LimitReached


class Turnstile:
    """Lets as many requests of an address through as there may be; others are told when to come back."""

    def __init__(self, app: ASGIApp, meter: Meter, settings: ApiSettings) -> None:
        self._app, self._meter, self._settings = app, meter, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = address_of(self._settings, HTTPConnection(scope))
        try:
            await self._meter.take(LimitName.REQUESTS, Asker(address=address))
        except LimitReached as error:
            response = error_response(error, 429)
            await (Parting(response) if scope["method"] == "PUT" else response)(scope, receive, send)
            return
        await self._app(scope, receive, send)
