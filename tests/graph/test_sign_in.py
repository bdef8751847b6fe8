"""Tokens of an issuer at the doors: who they name, what their groups may do, and when their sockets end."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from db.settings import BadSettings, load_settings
from graph.oidc import open_issuer
from graph.settings import Anonymous, ApiSettings, OidcSettings, anonymous_of
from jobs.logs import Environment
from tests.graph.api import Api, open_api, serving
from tests.graph.issuer import AUDIENCE, OwnIssuer
from tests.graph.test_rights import SET, code_in

VIEWER = "{ viewer { principal groups isOperator expiresAt grants { workspace role } } }"


@dataclass(frozen=True, slots=True)
class Signed:
    """An API, and the issuer whose tokens it takes."""

    api: Api
    own: OwnIssuer

    def token(self, **claims: Any) -> str:
        return self.own.token(**({"exp": time.time() + 600} | claims))

    async def ask(self, token: str | None, query: str, **variables: Any) -> Any:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        body = {"query": query, "variables": variables}
        return await self.api.client.post("/graphql", json=body, headers=headers)


@asynccontextmanager
async def signed_in(url: str, redis_url: str, folder: Path, **more: str) -> AsyncIterator[Signed]:
    own = OwnIssuer()
    async with serving(own.app()) as address:
        own.address = address
        settings = {
            "oidc_issuer": address,
            "oidc_audiences": json.dumps([AUDIENCE]),
            "oidc_group_claims": '["roles"]',
            "oidc_skew_seconds": "0",
            "operators": '["group:platform"]',
            "anonymous": "nobody",
        } | more
        async with open_api(url, redis_url, folder, **settings) as api:
            yield Signed(api, own)


async def test_names_and_groups(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A token's name and groups decide: groups of operators may do everything, others what members may."""
    async with signed_in(sqlite_url, redis_url, tmp_path) as both:
        boss = both.token(sub="boss", roles=["platform"])
        ada = both.token(sub="ada", roles=["analysts"])

        assert "NOT_FOUND" == code_in((await both.ask(ada, "{ runs { totalCount } }")).json())
        await both.ask(boss, SET, principal="group:analysts", role="RUNNER")
        viewer = (await both.ask(ada, VIEWER)).json()["data"]["viewer"]
        assert ("ada", ["analysts"], False) == (viewer["principal"], viewer["groups"], viewer["isOperator"])
        assert [{"workspace": "main", "role": "RUNNER"}] == viewer["grants"]
        assert viewer["expiresAt"]
        assert (await both.ask(boss, VIEWER)).json()["data"]["viewer"]["isOperator"]
        for reserved in ("key:00000000000000000000000000000000", "group:platform", "token", "*"):
            answer = await both.ask(both.token(sub=reserved), VIEWER)
            assert (401, "UNAUTHENTICATED") == (answer.status_code, code_in(answer.json())), reserved
        for bad in (None, "nonsense", both.token(aud="others"), both.token(exp=time.time() - 5)):
            answer = await both.ask(bad, VIEWER)
            assert (401, "UNAUTHENTICATED") == (answer.status_code, code_in(answer.json())), bad


async def test_a_socket_ends_with_its_token(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A socket is closed with 4403 soon after the token that opened it has expired."""
    async with (
        signed_in(sqlite_url, redis_url, tmp_path) as both,
        both.api.socket(both.token(roles=["platform"], exp=time.time() + 1)) as wire,
    ):
        assert 4403 == await wire.closed()


async def test_beside_the_one_token(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """The token of the settings is still that of operators; who does not sign in may do what settings say."""
    async with signed_in(sqlite_url, redis_url, tmp_path, api_token="right", anonymous="viewer") as both:  # noqa: S106 - no secret: of this test
        assert (await both.ask("right", VIEWER)).json()["data"]["viewer"]["isOperator"]
        viewer = (await both.ask(None, VIEWER)).json()["data"]["viewer"]
        assert ("anybody", [{"workspace": "*", "role": "VIEWER"}]) == (viewer["principal"], viewer["grants"])
        assert 401 == (await both.ask("wrong", VIEWER)).status_code


async def test_an_issuer_that_is_away(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """While nobody can tell whose a token is, the answer is 503, and says what to check."""
    own = OwnIssuer(address="http://127.0.0.1:9")
    settings = {"oidc_issuer": own.address, "oidc_audiences": json.dumps([AUDIENCE]), "anonymous": "nobody"}
    async with open_api(sqlite_url, redis_url, tmp_path, **settings) as api:
        answer = await Signed(api, own).ask(own.token(exp=time.time() + 600), VIEWER)

        assert (503, "ISSUER_UNAVAILABLE") == (answer.status_code, code_in(answer.json()))


@pytest.mark.parametrize(
    ("given", "oidc", "environment", "expected"),
    [
        ({}, {}, Environment.DEVELOPMENT, Anonymous.OPERATOR),
        ({}, {}, Environment.DEMO, Anonymous.OPERATOR),
        ({}, {}, Environment.PRODUCTION, Anonymous.NOBODY),
        ({"api_token": "a"}, {}, Environment.DEVELOPMENT, Anonymous.NOBODY),
        ({"trusted_proxies": ("10.0.0.1",)}, {}, Environment.DEVELOPMENT, Anonymous.NOBODY),
        (
            {},
            {"issuer": "https://a.example", "audiences": ("b",)},
            Environment.DEVELOPMENT,
            Anonymous.NOBODY,
        ),
        ({"anonymous": "viewer"}, {}, Environment.PRODUCTION, Anonymous.VIEWER),
    ],
)
def test_anonymous(
    given: dict[str, Any], oidc: dict[str, Any], environment: Environment, expected: Anonymous
) -> None:
    """Without a way to sign in anybody may do everything in development, and nothing in production."""
    assert expected is anonymous_of(ApiSettings(**given), OidcSettings(**oidc), environment)


@pytest.mark.parametrize("claims", [{"email": "ada@example.org"}, {"preferred_username": "ada"}])
async def test_no_other_claim_takes_its_place(
    sqlite_url: str, redis_url: str, tmp_path: Path, claims: dict[str, Any]
) -> None:
    """A token without the claim that names follow is refused at the door, whatever else it says of somebody."""
    async with signed_in(sqlite_url, redis_url, tmp_path, oidc_name_claims='["oid"]') as both:
        answer = await both.ask(both.token(**claims), VIEWER)
        assert (401, "UNAUTHENTICATED") == (answer.status_code, code_in(answer.json()))
        assert "has none of oid" in answer.json()["errors"][0]["message"]
        answer = await both.ask(both.token(**claims, oid="7"), VIEWER)
        assert "7" == answer.json()["data"]["viewer"]["principal"]


@pytest.mark.parametrize(
    "given", ['["https://a.example", "https://b.example"]', "https://a.example,https://b.example"]
)
def test_one_issuer(given: str) -> None:
    """Two issuers cannot be set, so that a name of one is never taken for a name of the other."""
    environ = {"HEADWATER_OIDC_ISSUER": given, "HEADWATER_OIDC_AUDIENCES": '["a"]'}
    with pytest.raises(BadSettings, match="OIDC_ISSUER"):
        load_settings((OidcSettings,), environ)


@pytest.mark.parametrize(
    ("claims", "warned"),
    [
        (("sub",), []),
        (("oid", "email"), ["email"]),
        (("profile.preferred_username",), ["profile.preferred_username"]),
    ],
)
def test_names_that_pass(caplog: pytest.LogCaptureFixture, claims: tuple[str, ...], warned: list[str]) -> None:
    """Where names follow what people can change, the log says so at start."""
    open_issuer(OidcSettings(issuer="https://a.example", audiences=("b",), name_claims=claims))

    found = [record for record in caplog.records if record.message == "names may pass to others"]
    assert warned == [claim for record in found for claim in vars(record)["claims"]]
