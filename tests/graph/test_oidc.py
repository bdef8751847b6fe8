"""Tokens of an issuer: who brings a good one is known, and what is wrong with another one is said."""

import base64
import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc.jwk import OctKey

from graph.oidc import MAX_KNOWN, MAX_TOKEN_CHARACTERS, MAX_TRIED, Identity
from tests.graph.issuer import (
    HOUR,
    NOON,
    Desk,
    OwnIssuer,
    checking,
    encoded,
    key,
    open_desk,
    packed,
    public,
    signed,
)

SKEW = 60


@pytest.fixture
async def alone() -> AsyncIterator[Desk]:
    """Somebody who checks tokens of an issuer that cannot be asked: what is refused here needs no key."""
    async with checking(OwnIssuer(address="http://127.0.0.1:9")) as opened:
        yield opened


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """Somebody who checks tokens, with settings as they come."""
    async with open_desk() as opened:
        yield opened


async def test_who_it_is(desk: Desk) -> None:
    """A good token tells who brings it, by whose word, and until when it is accepted."""
    until = datetime.fromtimestamp(NOON + HOUR + SKEW, UTC)

    assert Identity("ada", "ada", desk.own.address, until) == await desk.issuer.verify(desk.own.token())


@pytest.mark.parametrize(
    ("alg", "kind", "what"),
    [
        *((alg, "RSA", 2_048) for alg in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
        *(("ES256", "EC", "P-256"), ("ES384", "EC", "P-384"), ("ES512", "EC", "P-521")),
        *(("EdDSA", "OKP", "Ed25519"), ("Ed25519", "OKP", "Ed25519")),
    ],
)
async def test_algorithms(alg: str, kind: str, what: str | int) -> None:
    """Every algorithm with two keys can be allowed; one that is not allowed is refused, good as it may be."""
    signer = key(f"{kind} {what}", kind, what)
    own = OwnIssuer(published=[public(signer)])
    async with open_desk(own, algorithms=(alg,)) as desk:
        assert "ada" == (await desk.issuer.verify(own.token(signer, alg))).subject
        async with checking(own, algorithms=("ES256",) if alg != "ES256" else ("RS256",)) as other:
            assert "allowed algorithm" in await other.refusal(own.token(signer, alg))


WRONG: list[tuple[str, dict[str, Any]]] = [
    ("from another issuer", {"iss": "https://elsewhere.example"}),
    ("from another issuer", {"iss": None}),
    ("from another issuer", {"iss": ["https://elsewhere.example"]}),
    ("for another audience", {"aud": "somebody"}),
    ("for another audience", {"aud": ["somebody", "else"]}),
    ("for another audience", {"aud": None}),
    ("for another audience", {"aud": {"headwater": 1}}),
    ("for another audience", {"aud": "headwater2"}),
    ("no end: the claim exp is missing", {"exp": None}),
    ("claim exp is no time", {"exp": "tomorrow"}),
    ("claim exp is no time", {"exp": True}),
    ("claim exp is no time", {"exp": 10**12}),
    ("claim exp is no time", {"exp": -1}),
    ("claim nbf is no time", {"nbf": "yesterday"}),
    ("claim sub is missing", {"sub": None}),
    ("claim sub is missing", {"sub": ""}),
    ("claim sub is missing", {"sub": 7}),
    ("claim sub is missing", {"sub": "ada\u202e"}),
    ("claim sub is missing", {"sub": "ada "}),
    ("claim sub is missing", {"sub": "a" * 256}),
    ("no access token", {"token_use": "id"}),
    ("no access token", {"typ": "ID"}),
    ("no access token", {"typ": "Refresh"}),
    ("bound to a key of its client", {"cnf": {"jkt": "0ZcOCORZNYy"}}),
]


@pytest.mark.parametrize(("words", "claims"), WRONG)
async def test_wrong_claims(desk: Desk, words: str, claims: dict[str, Any]) -> None:
    """A token that the issuer signed is refused for what it says, in words that tell what is wrong."""
    refusal = await desk.refusal(desk.own.token(**claims))

    assert refusal.startswith("UNAUTHENTICATED: ")
    assert words in refusal
    assert "" == await desk.refusal(desk.own.token())


@pytest.mark.parametrize(
    ("claims", "moment", "words"),
    [
        ({"exp": NOON}, NOON + SKEW - 1, ""),
        ({"exp": NOON}, NOON + SKEW, "expired"),
        ({"nbf": NOON}, NOON - SKEW, ""),
        ({"nbf": NOON}, NOON - SKEW - 1, "not valid yet"),
    ],
)
async def test_skew(desk: Desk, claims: dict[str, Any], moment: float, words: str) -> None:
    """At both ends of its life a token is good for as long as clocks may differ, and not for longer."""
    desk.calendar.seconds = moment

    refusal = await desk.refusal(desk.own.token(**claims))

    assert words in refusal
    assert bool(words) == bool(refusal)


async def test_no_skew() -> None:
    """Clocks that may not differ at all end a token on its second."""
    async with open_desk(skew_seconds=0) as desk:
        token = desk.own.token(exp=NOON + 1)
        assert "" == await desk.refusal(token)
        desk.calendar.seconds = NOON + 1
        assert "expired" in await desk.refusal(token)


async def test_unsigned(desk: Desk) -> None:
    """A token without a signature is refused, however `none` is spelt, and whatever key it names."""
    for alg in ("none", "None", "NONE", "nOnE", ""):
        for signature in ("", encoded(b"anything")):
            token = f"{packed({'alg': alg, 'kid': 'first'}, desk.own.claims())}.{signature}"
            assert "allowed algorithm" in await desk.refusal(token)


async def test_stripped(desk: Desk) -> None:
    """A good token whose signature was cut off, or that of another token, is refused."""
    good, other = desk.own.token(), desk.own.token(sub="eve")
    text = good.rpartition(".")[0]

    assert "signature does not fit" in await desk.refusal(f"{text}.")
    assert "signature does not fit" in await desk.refusal(f"{text}.{other.rpartition('.')[2]}")


async def test_public_key_as_secret(desk: Desk) -> None:
    """A token signed by HMAC with the issuer's public key as the secret is refused, in each form."""
    first = key("first")
    forms = [
        first.as_pem(private=False),
        first.as_pem(private=False).strip(),
        first.as_der(private=False),
        json.dumps(public(first)).encode(),
        public(first)["n"].encode(),
    ]
    for alg in ("HS256", "HS384", "HS512"):
        for form in forms:
            text = packed({"alg": alg, "kid": "first"}, desk.own.claims())
            code = hmac.digest(form, text.encode(), alg.replace("HS", "sha"))
            assert "allowed algorithm" in await desk.refusal(f"{text}.{encoded(code)}")


async def test_secret_among_keys() -> None:
    """A secret that an issuer published by mistake signs nothing, even under the name of a good algorithm."""
    secret = OctKey.import_key({"kty": "oct", "kid": "secret", "k": encoded(b"s" * 32)})
    own = OwnIssuer(published=[public(key("first")), {"kty": "oct", "kid": "secret", "k": encoded(b"s" * 32)}])
    async with open_desk(own) as desk:
        forged = signed({"alg": "HS256", "kid": "secret"}, own.claims(), secret)
        renamed = packed({"alg": "RS256", "kid": "secret"}, own.claims()) + "." + forged.rpartition(".")[2]

        assert "allowed algorithm" in await desk.refusal(forged)
        assert "unknown key" in await desk.refusal(renamed)
        assert "" == await desk.refusal(own.token())


async def test_wrong_key(desk: Desk) -> None:
    """A token that somebody else signed is refused, under the name of the issuer's key and under another."""
    stranger = key("stranger")

    assert "signature does not fit" in await desk.refusal(desk.own.token(stranger, header={"kid": "first"}))
    assert "signature does not fit" in await desk.refusal(desk.own.token(stranger, header={"kid": None}))
    assert "unknown key" in await desk.refusal(desk.own.token(stranger))


async def test_key_of_another_kind() -> None:
    """A key signs with its own algorithm only: not with one that it was not published for, nor a curve."""
    curve, first = key("EC P-384", "EC", "P-384"), key("first")
    own = OwnIssuer(published=[public(first, alg="RS256"), public(curve)])
    async with open_desk(own, algorithms=("RS256", "PS256", "ES256", "ES384")) as desk:
        assert "" == await desk.refusal(own.token())
        assert "" == await desk.refusal(own.token(curve, "ES384"))
        assert "signature does not fit" in await desk.refusal(own.token(first, "PS256"))
        assert "signature does not fit" in await desk.refusal(
            own.token(curve, "ES384", header={"kid": "first"})
        )
        confused = packed({"alg": "ES256", "kid": "EC P-384"}, own.claims())
        assert "signature does not fit" in await desk.refusal(f"{confused}.{encoded(b'0' * 64)}")


async def test_keys_that_tokens_bring(desk: Desk) -> None:
    """Where a token says that its key is, nobody looks: a forged one is refused, and a good one taken."""
    stranger, away = key("stranger"), f"{desk.own.address}/elsewhere"
    desk.own.misbehaviour = None
    for header in (
        {"jku": away},
        {"x5u": away},
        {"jwk": public(stranger)},
        {"jku": away, "jwk": public(stranger), "kid": None},
    ):
        assert "token is not the issuer's" in await desk.refusal(desk.own.token(stranger, header=header))
        assert "" == await desk.refusal(desk.own.token(header={**header, "kid": "first"}))
    assert 0 == desk.own.asked["/elsewhere"]


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["exp"], "exp": NOON + HOUR},
        {"crit": ["b64"], "b64": False},
        {"crit": []},
        {"crit": "alg"},
        {"b64": True},
    ],
)
async def test_critical_headers(alone: Desk, header: dict[str, Any]) -> None:
    """A token that has to be understood in some way of its own is refused."""
    assert "way that is unknown here" in await alone.refusal(alone.own.token(header=header))


@pytest.mark.parametrize("kind", ["logout+jwt", "dpop+jwt", "secevent+jwt", "JOSE", 7])
async def test_tokens_for_something_else(alone: Desk, kind: object) -> None:
    """What is signed by the issuer as something else is no access token."""
    assert "no access token" in await alone.refusal(alone.own.token(header={"typ": kind}))


async def test_types_of_access_tokens(desk: Desk) -> None:
    """Access tokens are called so in several ways, or in none."""
    for kind in (None, "JWT", "jwt", "at+jwt", "application/at+JWT"):
        assert "" == await desk.refusal(desk.own.token(header={"typ": kind}))


def joined(header: bytes, claims: bytes = b"{}", signature: bytes = b"") -> str:
    """Three parts with dots between them, as tokens have."""
    return ".".join(map(encoded, (header, claims, signature)))


PLAIN = b'{"alg": "RS256"}'
NOT_TOKENS = [
    *("", ".", "..", "...", "a.b.c", "secret", " " * 100, "e30.e30.", "e30.e30.e30.e30.e30", "é.é.é"),
    "\ud800.e30.e30",
    joined(b"[" * 9_000),
    joined(b"1" * 9_000),
    joined(b"null"),
    joined(b"[]"),
    joined(b'{"alg": []}'),
    joined(b'{"alg": "RS256", "kid": 7}'),
    joined(PLAIN, b"[" * 9_000),
    joined(PLAIN, b"[]"),
    joined(PLAIN, bytes(range(256))),
]


@pytest.mark.parametrize("text", NOT_TOKENS)
async def test_no_tokens(alone: Desk, text: str) -> None:
    """What is no token at all is refused without asking the issuer anything."""
    assert (await alone.refusal(text)).startswith("UNAUTHENTICATED: The token ")


async def test_huge(desk: Desk) -> None:
    """A token of 16 kB is read, and a larger one is refused unread."""
    spare = MAX_TOKEN_CHARACTERS - len(desk.own.token(more="")) - 8
    large = desk.own.token(more="a" * (spare * 3 // 4))
    assert MAX_TOKEN_CHARACTERS - 20 < len(large) <= MAX_TOKEN_CHARACTERS

    assert "" == await desk.refusal(large)
    assert "larger than any should be" in await desk.refusal(desk.own.token(more="a" * spare))


async def test_tampered(desk: Desk) -> None:
    """A good token in which one letter is another one is never taken."""
    good = desk.own.token()
    for place in range(0, len(good), 7):
        other = "A" if good[place] != "A" else "B"
        assert await desk.refusal(good[:place] + other + good[place + 1 :])


async def test_many_keys_without_names() -> None:
    """A token that names no key is tried on a few, not on all that fit: a forged one would cost as many."""
    signers = [key(f"nameless {number}", "EC", "P-256") for number in range(MAX_TRIED + 1)]
    async with open_desk(OwnIssuer(published=[public(each, kid=None) for each in signers])) as desk:
        *_, last, beyond = (desk.own.token(each, "ES256", header={"kid": None}) for each in signers)
        assert "" == await desk.refusal(last)
        assert "signature does not fit" in await desk.refusal(beyond)


NAMES: dict[str, Any] = {"preferred_username": "Ada 李", "client_id": "nightly"}


async def test_names() -> None:
    """The first of the claims that name somebody counts, and a token that has none of them is refused."""
    async with open_desk(name_claims=("preferred_username", "client_id")) as desk:
        own = desk.own
        assert "Ada 李" == (await desk.issuer.verify(own.token(**NAMES))).name
        assert "nightly" == (await desk.issuer.verify(own.token(client_id="nightly"))).name
        assert "preferred_username is missing" in await desk.refusal(
            own.token(**{**NAMES, "preferred_username": ""})
        )
        assert "none of preferred_username, client_id" in await desk.refusal(own.token())


async def test_groups() -> None:
    """Groups come from every claim named: nested, with dots in its name, one text, or words of a scope."""
    claims: dict[str, Any] = {
        "realm_access": {"roles": ["editor", "viewer", 7, None, ""]},
        "resource_access": {"head.water": {"roles": ["runner"]}},
        "https://example.com/roles": ["admin"],
        "cognito:groups": ["viewer"],
        "team": "data platform",
        "scope": "openid headwater/run",
        "nothing": {"of": "use"},
    }
    paths = (
        *("realm_access.roles", "resource_access.head.water.roles", "https://example.com/roles"),
        *("cognito:groups", "team", "scope", "nothing", "realm_access.absent", "absent"),
    )
    expected = ("editor", "viewer", "runner", "admin", "data platform", "openid", "headwater/run")
    async with open_desk(group_claims=paths) as desk:
        assert expected == (await desk.issuer.verify(desk.own.token(**claims))).groups
        assert () == (await desk.issuer.verify(desk.own.token())).groups


async def test_cognito() -> None:
    """As Amazon Cognito makes them: an access token without `aud`, and an ID token, which is refused."""
    async with open_desk(audiences=("7fr4me",), audience_claim="client_id", name_claims=("username",)) as desk:
        access = desk.own.token(aud=None, client_id="7fr4me", username="ada", token_use="access")  # noqa: S106 - no secret: a kind of token
        other = desk.own.token(aud=None, client_id="other", username="ada", token_use="access")  # noqa: S106 - no secret: a kind of token
        identity = desk.own.token(aud="7fr4me", username="ada", token_use="id")  # noqa: S106 - no secret: a kind of token

        assert "ada" == (await desk.issuer.verify(access)).name
        assert "for another audience" in await desk.refusal(other)
        assert "for another audience" in await desk.refusal(identity)


async def test_remembered(desk: Desk) -> None:
    """A token that was good is known again until its end, and one that was refused is looked at anew."""
    good, early = desk.own.token(), desk.own.token(nbf=NOON + HOUR)
    first = await desk.issuer.verify(good)
    assert first is await desk.issuer.verify(good)
    assert "not valid yet" in await desk.refusal(early)

    desk.calendar.seconds = NOON + HOUR
    assert "" == await desk.refusal(early)
    desk.calendar.seconds = NOON + HOUR + SKEW
    assert "expired" in await desk.refusal(good)


async def test_memory_is_bounded(desk: Desk) -> None:
    """Of many good tokens the ones that were used last are remembered."""
    signer = key("EC P-256", "EC", "P-256")
    desk.own.published.append(public(signer))
    oldest, used = desk.own.token(signer, "ES256", jti="oldest"), desk.own.token(signer, "ES256", jti="used")
    first = {token: await desk.issuer.verify(token) for token in (oldest, used)}
    for number in range(MAX_KNOWN):
        await desk.issuer.verify(used)
        await desk.issuer.verify(desk.own.token(signer, "ES256", jti=str(number)))

    assert first[used] is await desk.issuer.verify(used)
    assert first[oldest] is not await desk.issuer.verify(oldest)
    assert first[oldest] == await desk.issuer.verify(oldest)


def test_base64_of_tests() -> None:
    """What these tests pack is what a token packs."""
    header = packed({"alg": "none"}, {}).partition(".")[0]
    assert b'{"alg": "none"}' == base64.urlsafe_b64decode(header + "=" * (-len(header) % 4))
