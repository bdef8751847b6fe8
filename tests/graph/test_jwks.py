"""The keys of an issuer: asked for rarely, kept for a while, given up in time, whoever misbehaves."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from db.settings import BadSettings, load_settings
from graph import jwks
from graph.jwks import APART_SECONDS, AWAY_SECONDS, END_SECONDS, LAST_SECONDS, MAX_BYTES, MAX_KEYS, SOON_SECONDS
from graph.oidc import Issuer, open_issuer
from graph.settings import OidcSettings, load_all
from tests.graph.api import DEADLINE_SECONDS, serving
from tests.graph.issuer import DISCOVERY, KEYS, Desk, OwnIssuer, checking, key, open_desk, public

AWAY = "ISSUER_UNAVAILABLE: Nobody can be recognised"
UNKNOWN = "UNAUTHENTICATED: The token is not the issuer's. It is signed with an unknown key."


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Somebody who checks tokens, and has asked for nothing yet."""
    async with open_desk() as opened:
        yield opened


async def asked(own: OwnIssuer, times: int) -> None:
    """Return once keys were asked for so often."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while own.fetches < times:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.005)


async def test_asked_once(desk: Desk) -> None:
    """All who come at once wait for one answer, and all who come later need none."""
    tokens = [desk.own.token(jti=str(number)) for number in range(50)]

    assert {""} == set(await asyncio.gather(*map(desk.refusal, tokens)))
    assert {""} == set(await asyncio.gather(*map(desk.refusal, tokens)))

    assert (1, 1) == (desk.own.asked[DISCOVERY], desk.own.fetches)
    assert "identity" == desk.own.encodings, "a small answer could become a large one"


async def test_forged_names_of_keys(desk: Desk) -> None:
    """Two thousand tokens with forged names of keys make us ask once, then and half a minute later."""
    forged = [desk.own.token(header={"kid": f"forged {number}"}) for number in range(2_000)]

    assert {UNKNOWN} == set(await asyncio.gather(*map(desk.refusal, forged)))
    assert 1 == desk.own.fetches

    desk.clock.seconds += APART_SECONDS
    assert {UNKNOWN} == set(await asyncio.gather(*map(desk.refusal, forged)))
    assert 2 == desk.own.fetches


async def test_rotation(desk: Desk) -> None:
    """A new key is learnt when a token names it, while tokens of the old key go on."""
    old, new = desk.own.token(), desk.own.token(key("second"))
    assert "" == await desk.refusal(old)
    assert UNKNOWN == await desk.refusal(new)

    desk.own.published.append(public(key("second")))
    assert UNKNOWN == await desk.refusal(new)
    desk.clock.seconds += APART_SECONDS

    assert ["", ""] == [await desk.refusal(token) for token in (new, old)]
    assert 2 == desk.own.fetches


async def test_rotation_without_names() -> None:
    """Where keys have no names, a token that none of them signed makes us ask whether there is a new one."""
    own = OwnIssuer(published=[public(key("first"), kid=None)])
    async with open_desk(own) as desk:
        assert "" == await desk.refusal(own.token(header={"kid": None}))
        own.published = [public(key("second"), kid=None), public(key("first"), kid=None)]
        desk.clock.seconds += APART_SECONDS

        assert "" == await desk.refusal(own.token(key("second"), header={"kid": None}))
        assert "" == await desk.refusal(own.token(header={"kid": None}))


async def test_key_taken_back(desk: Desk) -> None:
    """A key that is published no more ends with the kept keys, for tokens that were good before too."""
    token = desk.own.token()
    assert "" == await desk.refusal(token)
    desk.own.published = [public(key("second"))]

    desk.clock.seconds += SOON_SECONDS - 1
    assert "" == await desk.refusal(token)
    desk.clock.seconds += END_SECONDS - SOON_SECONDS + 1
    assert UNKNOWN == await desk.refusal(token)


async def test_asked_ahead(desk: Desk) -> None:
    """Shortly before kept keys end, somebody's token makes us ask, and nobody waits for the answer."""
    token = desk.own.token()
    assert "" == await desk.refusal(token)
    desk.own.gate = asyncio.Event()
    desk.clock.seconds += SOON_SECONDS

    assert "" == await desk.refusal(token)
    assert "" == await desk.refusal(token)

    await asked(desk.own, 2)


async def test_same_keys_again(desk: Desk) -> None:
    """Keys that were fetched again and are the same ones leave what was known of tokens as it was."""
    token = desk.own.token()
    first = await desk.issuer.verify(token)
    desk.clock.seconds += END_SECONDS

    assert first is await desk.issuer.verify(token)
    assert 2 == desk.own.fetches


async def test_away_at_first() -> None:
    """Until the issuer is reached nobody is let in, and it is asked every few seconds only."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    own = OwnIssuer(address=f"http://127.0.0.1:{port}")
    async with checking(own) as desk:
        token = own.token()
        assert AWAY in await desk.refusal(token)
        async with serving(own.app(), port):
            assert AWAY in await desk.refusal(token)
            assert 0 == own.fetches
            desk.clock.seconds += AWAY_SECONDS
            assert "" == await desk.refusal(token)


async def test_away_later(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """When the issuer fails, the kept keys go on without anybody waiting, until they are an hour old."""
    token, new = desk.own.token(), desk.own.token(key("second"))
    assert "" == await desk.refusal(token)
    desk.own.misbehaviour = PlainTextResponse("down", 500)

    for _ in range(3):
        desk.clock.seconds += END_SECONDS
        assert "" == await desk.refusal(token)
    assert AWAY in await desk.refusal(new)
    desk.own.gate = asyncio.Event()
    desk.clock.seconds += END_SECONDS
    failures = len(caplog.records)
    assert "" == await desk.refusal(token)
    assert failures == len(caplog.records), "somebody waited until the issuer failed again"
    desk.own.gate.set()
    desk.clock.seconds += LAST_SECONDS
    assert AWAY in await desk.refusal(token)

    desk.own.misbehaviour = None
    desk.clock.seconds += AWAY_SECONDS
    assert "" == await desk.refusal(token)


ROWS = [
    (PlainTextResponse("down", 500), "answers 500"),
    (PlainTextResponse("not here", 404), "answers 404"),
    (RedirectResponse("/elsewhere"), "answers 307"),
    (RedirectResponse("http://localhost:9/elsewhere", 302), "answers 302"),
    (PlainTextResponse("<html>"), "answers no JSON"),
    (PlainTextResponse("[" * 100_000), "answers no JSON"),
    (PlainTextResponse(" " * (MAX_BYTES + 1)), "answers more than 1,000,000 bytes"),
    (Response(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}), "answers no JSON"),
    (JSONResponse([]), "no list of at most"),
    (JSONResponse({}), "no list of at most"),
    (JSONResponse({"keys": {}}), "no list of at most"),
    (JSONResponse({"keys": [{}] * (MAX_KEYS + 1)}), "no list of at most"),
    (JSONResponse({"keys": []}), "lists no key"),
    (JSONResponse({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}), "lists no key"),
    (JSONResponse({"keys": [{"kty": "ML-DSA"}, 7, None, [], "RSA", {"kty": []}]}), "lists no key"),
]


@pytest.mark.parametrize(("answer", "words"), ROWS)
async def test_bad_answers(desk: Desk, caplog: pytest.LogCaptureFixture, answer: Response, words: str) -> None:
    """An answer that is not keys is none, the log says what it was, and whoever asked learns nothing of it."""
    desk.own.misbehaviour = answer

    with caplog.at_level(logging.WARNING, "graph.jwks"):
        refusal = await desk.refusal(desk.own.token())

    assert AWAY in refusal
    assert words not in refusal
    assert words in caplog.records[-1].__dict__["problem"]
    assert 0 == desk.own.asked["/elsewhere"]


async def test_slow(desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """An issuer that does not answer in time is away."""
    monkeypatch.setattr(jwks, "FETCH_SECONDS", 0.2)
    desk.own.gate = asyncio.Event()

    assert AWAY in await desk.refusal(desk.own.token())
    assert {"no answer within 0.2 s"} == {
        record.__dict__["problem"] for record in caplog.records if record.levelno > 20
    }


async def test_who_leaves_while_waiting(desk: Desk) -> None:
    """A client that leaves while keys are fetched does not take the answer from those who wait with it."""
    desk.own.gate = asyncio.Event()
    first = asyncio.create_task(desk.refusal(desk.own.token()))
    await asked(desk.own, 1)
    second = asyncio.create_task(desk.refusal(desk.own.token()))
    await asyncio.sleep(0)
    first.cancel()
    desk.own.gate.set()

    assert "" == await second
    assert first.cancelled()
    assert 1 == desk.own.fetches


async def test_closed_while_waiting(desk: Desk) -> None:
    """Closing ends a question under way, and whoever waits for it."""
    desk.own.gate = asyncio.Event()
    waiting = asyncio.create_task(desk.refusal(desk.own.token()))
    await asked(desk.own, 1)

    await desk.issuer.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting


WRONG_DOCUMENTS: list[tuple[dict[str, Any], str]] = [
    ({"issuer": "https://elsewhere.example"}, "is not of the issuer"),
    ({"issuer": None}, "is not of the issuer"),
    ({"jwks_uri": None}, "names no https:// address"),
    ({"jwks_uri": "http://login.example/keys"}, "names no https:// address"),
    ({"jwks_uri": "file:///etc/passwd"}, "names no https:// address"),
    ({"jwks_uri": ["https://login.example/keys"]}, "names no https:// address"),
]


@pytest.mark.parametrize(("document", "words"), WRONG_DOCUMENTS)
async def test_wrong_discovery(
    desk: Desk, caplog: pytest.LogCaptureFixture, document: dict[str, Any], words: str
) -> None:
    """An issuer's description counts only if it is of that issuer, and keys come over safe ways only."""
    desk.own.document = document

    assert AWAY in await desk.refusal(desk.own.token())

    assert words in caplog.records[-1].__dict__["problem"]
    assert 0 == desk.own.fetches


async def test_explicit_address() -> None:
    """With an address of keys nobody is asked where they are, and the issuer may have any name."""
    async with open_desk() as served:
        own = OwnIssuer(address="https://login.example/")
        async with checking(own, jwks_url=served.own.address + KEYS) as desk:
            assert "" == await desk.refusal(own.token())
        assert (0, 1) == (served.own.asked[DISCOVERY], served.own.fetches)


async def test_keys_of_no_use(caplog: pytest.LogCaptureFixture) -> None:
    """Keys that are broken, weak or not for signatures are left out, and the good ones beside them count."""
    first, small = public(key("first")), key("small", "EC", "P-256")
    weak = {"kty": "RSA", "kid": "weak", "n": first["n"][:171], "e": "AQAB"}
    broken: list[Any] = [
        {"kty": "RSA", "kid": "broken"},
        {"kty": "RSA", "kid": "broken", "n": "%", "e": "AQAB"},
        {"kty": "RSA", "kid": "broken", "n": 7, "e": []},
        {**first, "kid": 7},
        {**first, "kid": "broken", "use": "dance"},
        {**first, "kid": "broken", "key_ops": 7},
        {"kty": "EC", "kid": "broken", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "kid": "broken", "crv": "P-1", "x": "AA", "y": "AA"},
        {"kty": "OKP", "kid": "broken", "crv": "X1", "x": "AA"},
    ]
    spare = [{**first, "kid": "locked", "use": "enc"}, {**first, "kid": "locked", "key_ops": ["encrypt"]}]
    own = OwnIssuer(published=[*broken, weak, *spare, public(small)])
    async with open_desk(own) as desk:
        assert "" == await desk.refusal(own.token(small, "ES256"))
        for kid in ("weak", "locked", "broken"):
            assert UNKNOWN == await desk.refusal(own.token(header={"kid": kid}))
    assert "key of issuer not read" in {record.message for record in caplog.records}


async def test_two_keys_of_one_name() -> None:
    """Of several keys with one name any may have signed; of one kind or of two."""
    first, second, curve = key("first"), key("second"), key("EC P-256", "EC", "P-256")
    own = OwnIssuer(published=[public(each, kid="same") for each in (curve, first, second)])
    async with open_desk(own) as desk:
        for signer, alg in ((first, "RS256"), (second, "RS256"), (curve, "ES256")):
            assert "" == await desk.refusal(own.token(signer, alg, header={"kid": "same"}))
        stranger = own.token(key("stranger"), header={"kid": "same"})
        assert "signature does not fit" in await desk.refusal(stranger)


async def test_private_parts() -> None:
    """What an issuer publishes of a private key by mistake is not read."""
    first = key("first").as_dict(private=True)
    own = OwnIssuer(published=[first])
    async with open_desk(own) as desk:
        assert "" == await desk.refusal(own.token())
        (kept,) = await desk.issuer._keys.current()  # noqa: SLF001 - nobody outside is told what is kept
    assert not kept.material.is_private
    assert first["d"].encode() not in kept.text


GIVEN = {"HEADWATER_OIDC_ISSUER": "https://login.example/main", "HEADWATER_OIDC_AUDIENCES": '["headwater"]'}


@pytest.mark.parametrize(
    "wrong",
    [
        {"HEADWATER_OIDC_ISSUER": "http://login.example"},
        {"HEADWATER_OIDC_ISSUER": "http://127.0.0.1.example"},
        {"HEADWATER_OIDC_ISSUER": "https://"},
        {"HEADWATER_OIDC_ISSUER": "https://user:word@login.example"},
        {"HEADWATER_OIDC_ISSUER": "https://login.example?a=b"},
        {"HEADWATER_OIDC_ISSUER": "https://login.example:99999"},
        {"HEADWATER_OIDC_ISSUER": "https://[::1"},
        {"HEADWATER_OIDC_ISSUER": "login.example"},
        {"HEADWATER_OIDC_JWKS_URL": "http://10.0.0.7/keys"},
        {"HEADWATER_OIDC_JWKS_URL": "file:///etc/passwd"},
        {"HEADWATER_OIDC_AUDIENCES": "[]"},
        {"HEADWATER_OIDC_AUDIENCES": '[""]'},
        {"HEADWATER_OIDC_ALGORITHMS": '["HS256"]'},
        {"HEADWATER_OIDC_ALGORITHMS": '["RS256", "none"]'},
        {"HEADWATER_OIDC_ALGORITHMS": "[]"},
        {"HEADWATER_OIDC_NAME_CLAIMS": "[]"},
        {"HEADWATER_OIDC_SKEW_SECONDS": "601"},
        {"HEADWATER_OIDC_ISUER": "https://login.example"},
    ],
)
def test_settings_that_are_refused(wrong: dict[str, str]) -> None:
    """What would let somebody forge tokens, or take everybody's, is refused when the service starts."""
    assert load_all(GIVEN)[OidcSettings].issuer == GIVEN["HEADWATER_OIDC_ISSUER"]
    with pytest.raises(BadSettings, match="HEADWATER_OIDC_"):
        load_all(GIVEN | wrong)


def test_settings_without_an_issuer() -> None:
    """An audience without an issuer is a mistake, and without both no issuer's tokens are taken."""
    with pytest.raises(BadSettings, match="HEADWATER_OIDC_ISSUER is not set"):
        load_settings((OidcSettings,), {"HEADWATER_OIDC_AUDIENCES": '["headwater"]'})
    assert None is open_issuer(load_settings((OidcSettings,), {})[OidcSettings])
    assert isinstance(open_issuer(load_settings((OidcSettings,), GIVEN)[OidcSettings]), Issuer)


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080"])
def test_loopback(host: str) -> None:
    """On this machine itself an issuer needs no TLS."""
    issuer = f"http://{host}/realms/main"
    given = GIVEN | {"HEADWATER_OIDC_ISSUER": issuer}
    assert issuer == load_settings((OidcSettings,), given)[OidcSettings].issuer
