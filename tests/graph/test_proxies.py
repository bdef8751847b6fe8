"""A trusted proxy may say who asks; whoever else says so is not believed."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import HTTPConnection

from db.settings import BadSettings, load_settings
from graph.auth import ANYBODY, TOKEN_HOLDER, Principal, authenticate
from graph.settings import ApiSettings
from jobs.errors import Unauthenticated
from tests.graph.api import SUBMIT, Api, open_api
from tests.graph.shell import address_in, started, wait_for

HERE, ELSEWHERE = '["127.0.0.1"]', '["10.9.9.9"]'
QUESTION = {"query": "{ __typename }"}
OPERATORS = '["ada@example.org"]'
NAMED = {"X-Forwarded-User": "ada@example.org"}


def settings(**given: str) -> ApiSettings:
    environ = {f"HEADWATER_{name.upper()}": value for name, value in given.items()}
    loaded: ApiSettings = load_settings((ApiSettings,), environ)[ApiSettings]
    return loaded


def connection(peer: str | None, *headers: tuple[str, bytes]) -> HTTPConnection:
    """A request from this address with these headers."""
    raw = [(name.lower().encode(), value) for name, value in headers]
    return HTTPConnection({"type": "http", "headers": raw, "client": None if peer is None else (peer, 4_321)})


def asker(api: ApiSettings, peer: str | None, *headers: tuple[str, bytes], token: str | None = None) -> Any:
    """Who asks, or None if nobody who may."""
    try:
        return authenticate(api, token, connection(peer, *headers))
    except Unauthenticated:
        return None


USER = ("X-Forwarded-User", b"ada")
NETWORKS = '["10.0.0.7", "192.168.1.0/24", "fd00::/64"]'


@pytest.mark.parametrize(
    ("peer", "trusted"),
    [
        ("10.0.0.7", True),
        ("192.168.1.200", True),
        ("fd00::9", True),
        ("::ffff:10.0.0.7", True),
        ("10.0.0.8", False),
        ("192.168.2.1", False),
        ("fd00:0:0:1::9", False),
        ("127.0.0.1", False),
        ("proxy", False),
        (None, False),
    ],
)
def test_who_is_trusted(peer: str | None, *, trusted: bool) -> None:
    """Only connections from the addresses and networks that are listed may name somebody."""
    assert (Principal("ada") if trusted else None) == asker(settings(trusted_proxies=NETWORKS), peer, USER)


@pytest.mark.parametrize(
    "headers",
    [
        (),
        (("X-Forwarded-User", b""),),
        (("X-Forwarded-User", b"  "),),
        (USER, ("X-Forwarded-User", b"root")),
        (("X-Forwarded-User", b"a\xff"),),
        (("X-Forwarded-User", "a\u202eb".encode()),),
        (("X-Forwarded-User", b"a" * 201),),
        (("X-MS-CLIENT-PRINCIPAL-NAME", b"ada"),),
    ],
)
def test_no_name(headers: tuple[tuple[str, bytes], ...]) -> None:
    """A trusted proxy that names nobody, two, or something that is no name, does not get in."""
    assert None is asker(settings(trusted_proxies=NETWORKS), "10.0.0.7", *headers)


def test_other_headers_and_names() -> None:
    """The header may be another one, and names may have letters of any script."""
    azure = settings(trusted_proxies=NETWORKS, principal_header="X-MS-CLIENT-PRINCIPAL-NAME")

    named = asker(azure, "10.0.0.7", ("x-ms-client-principal-name", "Åsa 李".encode()))

    assert Principal("Åsa 李") == named
    assert None is asker(azure, "10.0.0.7", USER)


def test_beside_a_token() -> None:
    """With a token too, whoever brings it gets in from anywhere, under the token's name."""
    both = settings(trusted_proxies=NETWORKS, api_token="right")  # noqa: S106 - no secret: of this test

    assert TOKEN_HOLDER == asker(both, "127.0.0.1", USER, token="Bearer right")  # noqa: S106 - no secret: of this test
    assert Principal("ada") == asker(both, "10.0.0.7", USER)
    assert None is asker(both, "127.0.0.1", USER)
    assert None is asker(both, "10.0.0.7", token="Bearer wrong")  # noqa: S106 - no secret: of this test


def test_off() -> None:
    """Without trusted proxies the header means nothing."""
    assert ANYBODY == asker(settings(), "127.0.0.1", USER)
    assert None is asker(settings(api_token="right"), "127.0.0.1", USER)  # noqa: S106 - no secret: of this test


@pytest.mark.parametrize("networks", ['["0.0.0.0/0"]', '["::/0"]', '["proxy"]', '["10.0.0.1/24"]', "10.0.0.7"])
def test_networks_that_are_refused(networks: str) -> None:
    """What is no network, and the network of everybody, is refused by name when the service starts."""
    with pytest.raises(BadSettings, match="HEADWATER_TRUSTED_PROXIES"):
        settings(trusted_proxies=networks)


async def ask(api: Api, headers: Mapping[str, str]) -> str:
    """Status and code of what a request with these headers is answered."""
    answer = await api.client.post("/graphql", json=QUESTION, headers=headers)
    errors = answer.json().get("errors", [])
    return " ".join((str(answer.status_code), *(error["extensions"]["code"] for error in errors)))


async def test_requests(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """By HTTP a trusted proxy's name is whose run it is; without a name the answer is UNAUTHENTICATED."""
    async with open_api(sqlite_url, redis_url, tmp_path, trusted_proxies=HERE, operators=OPERATORS) as api:
        asked = {"query": SUBMIT, "variables": {"run": {"echo": {"word": "a"}}}}
        accepted = (await api.client.post("/graphql", json=asked, headers=NAMED)).json()["data"]["submitRun"]
        row = await api.house.by_id(accepted["runId"])

        assert "401 UNAUTHENTICATED" == await ask(api, {})
        assert "200" == await ask(api, NAMED)
        assert row is not None
        assert "ada@example.org" == row.created_by


async def test_forged(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """From an address that is not trusted the header is forged, whatever else the request says of its way."""
    async with open_api(sqlite_url, redis_url, tmp_path, trusted_proxies=ELSEWHERE) as api:
        for headers in ({}, NAMED, NAMED | {"Authorization": "Bearer a"}):
            assert "401 UNAUTHENTICATED" == await ask(api, headers)


async def test_sockets(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """On a socket it is the request that opens it which names somebody; the greeting cannot."""
    async with open_api(sqlite_url, redis_url, tmp_path, trusted_proxies=HERE, operators=OPERATORS) as api:
        async with api.socket(additional_headers=NAMED) as wire:
            (accepted,) = await wire.rest(await wire.start(SUBMIT, run={"echo": {"word": "a"}}))
        async with api.socket(greet=False) as wire:
            await wire.say({"type": "connection_init", "payload": dict(NAMED)})
            assert 4403 == await wire.closed()
        row = await api.house.by_id(accepted["data"]["submitRun"]["runId"])
        assert row is not None
        assert "ada@example.org" == row.created_by


@pytest.mark.kills
def test_an_address_taken_from_a_header(tmp_path: Path, sqlite_url: str, redis_url: str) -> None:
    """The service as it is started believes no header about where a connection comes from."""
    own = {"database_url": sqlite_url, "redis_url": redis_url, "data_dir": str(tmp_path / "data")}
    forged = NAMED | {"X-Forwarded-For": "10.9.9.9", "X-Real-IP": "10.9.9.9", "Forwarded": "for=10.9.9.9"}
    words = ("serve", "--port", "0")
    with started(tmp_path / "said", *words, **own, trusted_proxies=json.dumps(["10.9.9.9"])) as process:
        address = address_in(wait_for(process, "the API is at"))
        with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
            answer = client.post("/graphql", json=QUESTION, headers=forged)

    assert 401 == answer.status_code
