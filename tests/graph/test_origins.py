"""Pages of the origins that the settings name may ask from a browser, over HTTP and sockets; no others may."""

from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin, Subprotocol

from db.settings import BadSettings, load_settings
from graph.settings import ApiSettings, with_origins
from jobs.logs import Environment
from tests.graph.api import PROTOCOL, Api, open_api
from tests.graph.files import SQL, announced, kept

PAGE, FOREIGN = "http://localhost:3000", "http://elsewhere.example"
FOREIGNERS = (FOREIGN, "null", PAGE + ".example", "https://localhost:3000", "http://localhost:3001")
DOORS = (("/graphql", "POST"), ("/uploads/grant", "PUT"), ("/artifacts/grant/name", "GET"))
PORTS = ("http://localhost:3000", "http://127.0.0.1:3000", "http://localhost:8501", "http://127.0.0.1:8501")
QUESTION = {"query": "{ __typename }"}
ALLOWED = "access-control-allow-origin"


async def preflight(api: Api, path: str, method: str, origin: str, headers: str = "") -> httpx.Response:
    """What a browser is answered before it sends a page's request."""
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    named = {"Access-Control-Request-Headers": headers} if headers else {}
    return await api.client.options(path, headers=asked | named)


def readable(response: httpx.Response, origin: str = PAGE) -> bool:
    """Whether a browser shows this answer to a page of this origin that sent its credentials along."""
    told = response.headers
    return (told.get(ALLOWED), told.get("access-control-allow-credentials")) == (origin, "true")


@pytest.mark.parametrize("origin", PORTS)
@pytest.mark.parametrize(("path", "method"), DOORS)
async def test_pages_that_are_let_in(near_api: Api, origin: str, path: str, method: str) -> None:
    """In development, a front end on ports 3000 and 8501 of this machine may use every door."""
    sent = "authorization, content-type, range, x-request-id"
    response = await preflight(near_api, path, method, origin, sent)

    assert 200 == response.status_code
    assert readable(response, origin)
    assert method in response.headers["access-control-allow-methods"]


@pytest.mark.parametrize("origin", FOREIGNERS)
@pytest.mark.parametrize(("path", "method"), DOORS)
async def test_pages_that_are_kept_out(near_api: Api, origin: str, path: str, method: str) -> None:
    """A browser is told to send nothing of another origin's page, and to show it nothing."""
    response = await preflight(near_api, path, method, origin, "content-type")

    assert 400 == response.status_code
    assert ALLOWED not in response.headers
    assert ALLOWED not in (await near_api.client.get("/health/live", headers={"Origin": origin})).headers


async def test_an_upload_from_a_page(near_api: Api) -> None:
    """A page announces a file, sends it, and reads the answer with its ETag and request id; refusals too."""
    here = {"Origin": PAGE}
    asked = await near_api.client.post("/graphql", json=QUESTION, headers=here)
    put_url = (await announced(near_api))["putUrl"]
    wrong = await near_api.client.put(put_url, content=SQL + b"more", headers=here)
    taken = await near_api.client.put(put_url, content=SQL, headers=here)
    again = await near_api.client.put(put_url, content=SQL, headers=here)

    assert [200, 413, 201, 409] == [each.status_code for each in (asked, wrong, taken, again)]
    assert all(map(readable, (asked, wrong, taken, again)))
    shown = taken.headers["access-control-expose-headers"].lower()
    assert {"etag", "x-request-id"} <= set(shown.split(", "))
    assert {"etag", "x-request-id"} <= set(taken.headers)


async def test_a_download_to_a_page(near_api: Api) -> None:
    """A page reads an artifact, a part of it, and that it has it already or that the address is wrong."""
    _, artifact = await kept(near_api)
    url, here = artifact["url"], {"Origin": PAGE}
    known = {"If-None-Match": f'"{artifact["sha256"]}"'}
    asked: list[dict[str, str]] = [{}, {"Range": "bytes=0-3"}, known]
    answers = [await near_api.client.get(url, headers=here | more) for more in asked]
    answers.append(await near_api.client.get(url.replace("artifacts/", "artifacts/x"), headers=here))

    assert [200, 206, 304, 403] == [each.status_code for each in answers]
    assert all(map(readable, answers))


async def test_refusals_to_a_page(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A page can read that it has to sign in, or sent too much; the browser may ask before that."""
    more = {"bearer": "right", "max_body_bytes": "2048", "environment": "development"}
    async with open_api(sqlite_url, redis_url, tmp_path, **more) as api:
        told = await preflight(api, "/graphql", "POST", PAGE, "authorization")
        here = {"Origin": PAGE, "Authorization": "none"}
        unsigned = await api.client.post("/graphql", json=QUESTION, headers=here)
        long = await api.client.post("/graphql", json={"query": "x" * 4_000}, headers=here)

        assert [200, 401, 413] == [each.status_code for each in (told, unsigned, long)]
        assert all(map(readable, (told, unsigned, long)))


async def test_programs_and_our_own_pages(near_api: Api) -> None:
    """A program, which names no origin, is told nothing of origins; our own page is answered like it."""
    program = await near_api.client.post("/graphql", json=QUESTION)
    own = await near_api.client.post("/graphql", json=QUESTION, headers={"Origin": near_api.address})

    assert program.json()["data"] == own.json()["data"] == {"__typename": "Query"}
    assert not any(name.startswith("access-control-") for name in program.headers)


@pytest.mark.parametrize("origin", [*PORTS, None])
async def test_sockets_that_are_let_in(near_api: Api, origin: str | None) -> None:
    """A socket is opened for pages of the same origins, and for clients that are no browser."""
    async with near_api.socket(origin=origin and Origin(origin)) as wire:
        (answer,) = await wire.rest(await wire.start("{ __typename }"))
        assert {"__typename": "Query"} == answer["data"]


@pytest.mark.parametrize("origin", FOREIGNERS)
async def test_sockets_that_are_kept_out(near_api: Api, origin: str) -> None:
    """A socket is refused to pages of all others before it is opened, because browsers would not."""
    address = near_api.address.replace("http:", "ws:") + "/graphql"
    with pytest.raises(InvalidStatus, match="403"):
        await connect(address, subprotocols=[Subprotocol(PROTOCOL)], origin=Origin(origin))


@pytest.mark.parametrize("origin", [*PORTS, FOREIGN])
async def test_production_lets_no_page_in(sqlite_api: Api, origin: str) -> None:
    """In production, with nothing set, no page of another origin is let in on either transport."""
    address = sqlite_api.address.replace("http:", "ws:") + "/graphql"

    for path, method in DOORS:
        assert not readable(await preflight(sqlite_api, path, method, origin), origin)
    assert ALLOWED not in (await sqlite_api.client.get("/health/live", headers={"Origin": origin})).headers
    assert not await opens(address, origin)


async def test_questions_that_could_be_forged(near_api: Api) -> None:
    """A question by GET needs a header that browsers ask about first, and send for pages of the list only."""
    header = "apollo-require-preflight"
    bare = await near_api.client.get("/graphql", params=QUESTION, headers={"Origin": PAGE})
    marked = await near_api.client.get("/graphql", params=QUESTION, headers={"Origin": PAGE, header: "true"})

    assert (400, "CSRF_PREVENTED") == (bare.status_code, bare.json()["errors"][0]["extensions"]["code"])
    assert 200 == marked.status_code
    assert readable(await preflight(near_api, "/graphql", "GET", PAGE, header))
    assert not readable(await preflight(near_api, "/graphql", "GET", FOREIGN, header), FOREIGN)


@pytest.mark.parametrize(
    ("environment", "given", "expected"),
    [
        (Environment.DEVELOPMENT, None, set(PORTS)),
        (Environment.DEMO, None, set(PORTS)),
        (Environment.PRODUCTION, None, set()),
        (Environment.PRODUCTION, (FOREIGN,), {FOREIGN}),
        (Environment.DEVELOPMENT, (), set()),
    ],
)
def test_the_list(environment: Environment, given: tuple[str, ...] | None, expected: set[str]) -> None:
    """What is unset follows the environment; what is set, an empty list too, holds in each."""
    settled = with_origins(ApiSettings(cors_origins=given), environment)
    assert expected == set(settled.cors_origins or ())


@pytest.mark.parametrize(("given", "let_in"), [('["https://App.example:8443"]', True), ("[]", False)])
async def test_other_origins(
    sqlite_url: str, redis_url: str, tmp_path: Path, given: str, *, let_in: bool
) -> None:
    """The setting takes the place of the default on both transports: others are in, or nobody is."""
    app = "https://app.example:8443"
    async with open_api(sqlite_url, redis_url, tmp_path, cors_origins=given) as api:
        address = api.address.replace("http:", "ws:") + "/graphql"
        assert let_in is readable(await preflight(api, "/graphql", "POST", app), app)
        assert not readable(await preflight(api, "/graphql", "POST", PAGE))
        assert let_in is await opens(address, app)
        assert not await opens(address, PAGE)


async def opens(address: str, origin: str) -> bool:
    """Whether a page of this origin gets a socket."""
    try:
        async with connect(address, subprotocols=[Subprotocol(PROTOCOL)], origin=Origin(origin)):
            return True
    except InvalidStatus:
        return False


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "null",
        "app.example",
        "https://app.example/",
        "https://app.example/page",
        "https://*.example",
        "ftp://a",
        "",
    ],
)
def test_what_is_no_origin(origin: str) -> None:
    """What no browser would send as an origin, or would let every page in, is refused at start, naming it."""
    given: Mapping[str, str] = {"HEADWATER_CORS_ORIGINS": f'["http://localhost:3000", "{origin}"]'}
    with pytest.raises(BadSettings, match=r"CORS_ORIGINS.*is no origin"):
        load_settings((ApiSettings,), given)


@pytest.mark.parametrize("origin", FOREIGNERS)
async def test_a_page_that_does_not_ask_first(near_api: Api, origin: str) -> None:
    """Even a browser that sends what it should have asked about changes nothing for a foreign page."""
    mutation = {"query": 'mutation { createWorkspace(name: "theirs") { __typename } }'}
    response = await near_api.client.post("/graphql", json=mutation, headers={"Origin": origin})
    there = await near_api.client.post("/graphql", json={"query": "{ workspaces { edges { node { name } } } }"})

    assert (403, "FOREIGN_ORIGIN") == (
        response.status_code,
        response.json()["errors"][0]["extensions"]["code"],
    )
    assert "theirs" not in there.text


async def test_our_own_pages(near_api: Api) -> None:
    """GraphiQL and whatever else stands at our own address asks without being named, behind TLS as well."""
    own = str(near_api.client.base_url).rstrip("/")
    for headers in (
        {"Origin": own},
        {"Origin": own.replace("http:", "https:")},
        {"Origin": FOREIGN, "Sec-Fetch-Site": "same-origin"},
    ):
        assert 200 == (await near_api.client.post("/graphql", json=QUESTION, headers=headers)).status_code
