"""The door of permalinks: an address of an asset or column that stays, and leads to its picture."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from strawberry import relay

from db.catalog import assets_by_pk, columns_by_name_alone, heads_by_pk
from db.roles import Role
from db.session import Session
from db.store import Store
from db.walk import Level, Node
from graph.assets import ASSET_IDS, COLUMN_IDS
from graph.grants import Grants, Purpose
from graph.http import NO_STORE, error_response
from graph.pictures import DEPTH, SHOWN, WAYS, PictureDirection
from graph.rights import Rights
from graph.sign_in import SignIn
from graph.sketches import Sight, worded
from jobs.errors import Forbidden, HeadwaterError, IssuerAway, Unauthenticated, UnknownAsset

MAX_CHARACTERS = 200  # of a global id: one of ours has 60 or so
STATUSES: Mapping[type[HeadwaterError], int] = {
    UnknownAsset: 404,
    Unauthenticated: 401,
    Forbidden: 403,
    IssuerAway: 503,
}


@dataclass(frozen=True, slots=True)
class Place:
    """An asset or column that is there, in its workspace, at the revision that its readers see."""

    workspace: str
    at: int
    node: Node


def named_in(word: str) -> tuple[str, UUID]:
    """What a global id names: which type, and its inner id.

    Raises:
        UnknownAsset: It names no asset and no column.
    """
    if len(word) > MAX_CHARACTERS:
        raise UnknownAsset
    try:
        given = relay.GlobalID.from_id(word)
        pk = UUID(given.node_id)
    except (relay.GlobalIDValueError, ValueError) as error:
        raise UnknownAsset from error
    if given.type_name not in {ASSET_IDS, COLUMN_IDS}:
        raise UnknownAsset
    return given.type_name, pk


def place_of(session: Session, type_name: str, pk: UUID) -> Place | None:
    """Where something is; None if readers see no such thing.

    The same is read whatever there is, so that how long it takes tells nothing to those who may not see it.
    """
    workspace, at = heads_by_pk(session, [pk]).get(pk, ("", 0))
    column = columns_by_name_alone(session, [pk], at).get(pk)
    asset = assets_by_pk(session, [column.asset_pk if column else pk], at)
    if type_name == COLUMN_IDS:
        return Place(workspace, at, Node(column.asset_pk, pk)) if column and asset else None
    return Place(workspace, at, Node(pk)) if asset and column is None else None


def permitted(place: Place | None, rights: Rights) -> Place:
    """A place, for those who may see pictures of it.

    Raises:
        UnknownAsset: There is none, or they may see nothing of its workspace.
        Forbidden: They may see the workspace, but no definitions, which pictures show.
    """
    if place is None or rights.role_in(place.workspace) is None:
        raise UnknownAsset
    rights.demand(Role.VIEWER, place.workspace)
    rights.demand_definitions(place.workspace)
    return place


class Permalinks:
    """Leads from the address of an asset or column to a picture of it, for who may see one."""

    def __init__(self, store: Store, grants: Grants, sign_in: SignIn) -> None:
        self._store, self._grants, self._sign_in = store, grants, sign_in

    async def lead(self, request: Request) -> Response:
        """A redirection to the picture that `lineagePicture` gives without arguments; or a coded error."""
        try:
            principal = await self._sign_in.enter(request.headers.get("authorization"), request)
            rights = await self._sign_in.rights_of(principal)
            type_name, pk = named_in(request.path_params["id"])
            found = await self._store.read(partial(place_of, type_name=type_name, pk=pk))
            place = permitted(found, rights)
        except HeadwaterError as error:
            response = error_response(error, STATUSES.get(type(error), 400))
            response.headers.update(NO_STORE)
            if isinstance(error, Unauthenticated):
                response.headers["WWW-Authenticate"] = "Bearer"
            return response
        ways = WAYS[PictureDirection.BOTH]
        sight = Sight(place.node, place.at, ways, Level.COLUMN, frozenset(), DEPTH, SHOWN)
        grant = await self._grants.sign(Purpose.PICTURE, worded(sight), place.workspace)
        address = self._grants.address(request, f"/pictures/{grant}")
        return RedirectResponse(address, 302, NO_STORE | {"Referrer-Policy": "no-referrer"})
