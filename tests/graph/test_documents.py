"""Documents that are known by a hash: remembered or trusted, over HTTP and sockets alike."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from db.settings import BadSettings, load_settings
from graph.documents import LONGEST, Documents
from graph.errors import PersistedQueryNotFound
from graph.settings import ApiSettings
from tests.graph.api import SUBMIT, Api, coded, open_api

NAME, OTHER = "{ service { name } }", "{ service { version } }"
ASKED = {"apollo-require-preflight": "true"}


def sha(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()


def hashed(name: str, version: Any = 1) -> dict[str, Any]:
    return {"persistedQuery": {"version": version, "sha256Hash": name}}


async def by_post(api: Api, request: Mapping[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = (await api.client.post("/graphql", json=dict(request))).json()
    return answer


async def by_get(api: Api, request: Mapping[str, Any]) -> dict[str, Any]:
    params = {name: value if isinstance(value, str) else json.dumps(value) for name, value in request.items()}
    answer: dict[str, Any] = (await api.client.get("/graphql", params=params, headers=ASKED)).json()
    return answer


async def by_socket(api: Api, request: Mapping[str, Any]) -> dict[str, Any]:
    async with api.socket() as wire:
        await wire.say({"type": "subscribe", "id": "1", "payload": dict(request)})
        message = await wire.hear()
    payload: Any = message["payload"]
    return {"errors": payload} if message["type"] == "error" else dict(payload)


WAYS = [by_post, by_get, by_socket]


def code_of(answer: Mapping[str, Any]) -> tuple[str, str]:
    (error,) = coded(answer)
    return error["extensions"]["code"], error["message"]


@pytest.mark.parametrize("way", WAYS)
async def test_a_document_is_remembered(sqlite_api: Api, way: Any) -> None:
    """A hash that nobody knows is said to be so; sent once with its text, it is enough, on every door."""
    asked = {"extensions": hashed(sha(NAME))}
    first = await way(sqlite_api, asked)
    second = await way(sqlite_api, asked | {"query": NAME})

    assert ("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound") == code_of(first)
    assert {"service": {"name": "Headwater"}} == second["data"]
    for each in WAYS:
        assert second["data"] == (await each(sqlite_api, asked))["data"]
    assert second["data"] == (await by_post(sqlite_api, asked | {"query": None}))["data"]


async def test_what_an_unknown_hash_is_told_by(sqlite_api: Api) -> None:
    """A hash that nobody knows is answered 200 in both types: that is how clients learn to send the text."""
    for media in ("application/json", "application/graphql-response+json"):
        body = {"extensions": hashed(sha(NAME))}
        answer = await sqlite_api.client.post("/graphql", json=body, headers={"accept": media})

        assert (200, media) == (answer.status_code, answer.headers["content-type"])
        assert "data" not in answer.json()


WRONG = [
    ("PERSISTED_QUERY_MISMATCH", {"query": OTHER, "extensions": hashed(sha(NAME))}),
    ("PERSISTED_QUERY_MISMATCH", {"query": NAME, "extensions": hashed("any")}),
    ("PERSISTED_QUERY_NOT_FOUND", {"extensions": hashed("")}),
    ("BAD_INPUT", {"query": NAME, "extensions": hashed(sha(NAME), version=2)}),
    ("BAD_INPUT", {"query": NAME, "extensions": hashed(sha(NAME), version=None)}),
    ("BAD_INPUT", {"query": NAME, "extensions": {"persistedQuery": "x"}}),
    ("BAD_INPUT", {"query": NAME, "extensions": {"persistedQuery": []}}),
    ("BAD_INPUT", {"query": NAME, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": 5}}}),
    ("BAD_INPUT", {"query": NAME, "extensions": {"persistedQuery": {"version": 1}}}),
]


@pytest.mark.parametrize("way", WAYS)
async def test_hashes_that_are_wrong(sqlite_api: Api, way: Any) -> None:
    """A hash of another text, or one that is none, is refused, and nothing is remembered of it."""
    for code, request in WRONG:
        assert code == code_of(await way(sqlite_api, request))[0], request
    unknown = await way(sqlite_api, {"extensions": hashed(sha(NAME))})

    assert "PERSISTED_QUERY_NOT_FOUND" == code_of(unknown)[0]


async def test_a_mutation_by_its_hash(sqlite_api: Api) -> None:
    """A mutation may come by its hash, but not by GET: that is 405 whatever it comes by."""
    asked = {"extensions": hashed(sha(SUBMIT)), "variables": {"run": {"echo": {"word": "a"}}}}
    accepted = await by_post(sqlite_api, asked | {"query": SUBMIT})
    again = await by_socket(sqlite_api, asked)
    params = {"extensions": json.dumps(asked["extensions"])}
    refused = await sqlite_api.client.get("/graphql", params=params, headers=ASKED)

    assert "Run" == accepted["data"]["submitRun"]["__typename"] == again["data"]["submitRun"]["__typename"]
    assert 405 == refused.status_code
    assert {"totalCount": 2} == (await sqlite_api.ask("{ runs { totalCount } }"))["runs"]


def test_what_is_forgotten() -> None:
    """What was not used for longest is forgotten first, and what is too long is answered, not remembered."""
    documents = Documents(2, {}, only_trusted=False)
    texts = [f"{{ a{n}: __typename }}" for n in range(3)]
    for text in (texts[0], texts[1]):
        assert text == documents.text_of(text, hashed(sha(text)))
    assert texts[0] == documents.text_of(None, hashed(sha(texts[0]).upper()))
    documents.text_of(texts[2], hashed(sha(texts[2])))
    long = "{ __typename }".ljust(LONGEST + 1)

    assert long == documents.text_of(long, hashed(sha(long)))
    assert [texts[0], texts[2]] == [documents.text_of(None, hashed(sha(texts[n]))) for n in (0, 2)]
    for gone in (texts[1], long):
        with pytest.raises(PersistedQueryNotFound):
            documents.text_of(None, hashed(sha(gone)))


async def test_nothing_is_remembered(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Where a setting says so, clients are told that hashes are of no use; a text with one is answered."""
    async with open_api(sqlite_url, redis_url, tmp_path, persisted_queries="0") as api:
        asked = {"extensions": hashed(sha(NAME))}
        for way in WAYS:
            assert "data" in await way(api, asked | {"query": NAME})
            told = code_of(await way(api, asked))
            assert ("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported") == told


def manifest(folder: Path, *operations: Mapping[str, Any]) -> str:
    """A file as Apollo's tool writes it."""
    path = folder / "manifest.json"
    path.write_text(written(*operations), encoding="utf-8")
    return str(path)


def entry(name: str, body: str) -> dict[str, str]:
    return {"id": name, "name": "Name", "type": "query", "body": body}


async def test_trusted_documents(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A document of the manifest is asked for by its id at once; all else is answered as before."""
    path = manifest(tmp_path, entry(sha(NAME), NAME), entry("get-version", OTHER))
    async with open_api(sqlite_url, redis_url, tmp_path, trusted_documents=path) as api:
        for way in WAYS:
            named = await way(api, {"extensions": hashed(sha(NAME))})
            chosen = await way(api, {"extensions": hashed("get-version")})
            both = await way(api, {"query": OTHER, "extensions": hashed("get-version")})
            wrong = await way(api, {"query": NAME, "extensions": hashed("get-version")})

            assert {"service": {"name": "Headwater"}} == named["data"]
            assert ["version"] == list(chosen["data"]["service"]) == list(both["data"]["service"])
            assert "PERSISTED_QUERY_MISMATCH" == code_of(wrong)[0]
            assert {"__typename": "Query"} == (await way(api, {"query": "{ __typename }"}))["data"]


async def test_only_trusted_documents(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Where nothing else is trusted, no other document is answered or remembered, whatever it comes by."""
    settings = {"trusted_documents": manifest(tmp_path, entry("a", NAME)), "trusted_documents_only": "true"}
    async with open_api(sqlite_url, redis_url, tmp_path, **settings) as api:
        for way in WAYS:
            assert {"service": {"name": "Headwater"}} == (await way(api, {"extensions": hashed("a")}))["data"]
            assert {"service": {"name": "Headwater"}} == (await way(api, {"query": NAME}))["data"]
            for request in (
                {"query": OTHER},
                {"query": NAME + " "},
                {"query": OTHER, "extensions": hashed(sha(OTHER))},
                {"extensions": hashed(sha(OTHER))},
            ):
                assert "UNTRUSTED_DOCUMENT" == code_of(await way(api, request))[0], request
        refused = await api.client.post("/graphql", json={"query": OTHER})
        assert 403 == refused.status_code


def written(*operations: Any, **more: Any) -> str:
    """What stands in such a file."""
    head = {"format": "apollo-persisted-query-manifest", "version": 1, "operations": list(operations)}
    return json.dumps(head | more)


BROKEN: list[tuple[str, str]] = [
    ("{", "cannot be read as JSON"),
    ("[]", "is no manifest"),
    (written(format="other"), "is no manifest"),
    (written(version=2), "is no manifest"),
    (written(operations=None), r"operations\[0\]"),
    (written(1), r"operations\[0\]"),
    (written({"id": "a"}), r"operations\[0\]"),
    (written({"id": "a", "body": 1}), r"operations\[0\]"),
    (written({"id": "a", "body": "{ a }"}, {"id": "a", "body": "{ b }"}), r"operations\[1\]"),
]


@pytest.mark.parametrize(("text", "problem"), BROKEN)
def test_manifests_that_are_none(tmp_path: Path, text: str, problem: str) -> None:
    """A manifest that cannot be used is told at start, naming the setting, the file and the place."""
    path = tmp_path / "manifest.json"
    path.write_text(text, encoding="utf-8")
    settings = load_settings((ApiSettings,), {"HEADWATER_TRUSTED_DOCUMENTS": str(path)})[ApiSettings]
    with pytest.raises(BadSettings, match=rf"HEADWATER_TRUSTED_DOCUMENTS: .*manifest\.json.*{problem}"):
        Documents.of(settings)


def test_a_manifest_that_is_missing(tmp_path: Path) -> None:
    """A manifest that is not there, or is not named where only it counts, is told at start."""
    absent = {"HEADWATER_TRUSTED_DOCUMENTS": str(tmp_path / "none.json")}
    for environ in (absent, {"HEADWATER_TRUSTED_DOCUMENTS_ONLY": "true"}):
        with pytest.raises(BadSettings, match="HEADWATER_TRUSTED_DOCUMENTS"):
            Documents.of(load_settings((ApiSettings,), environ)[ApiSettings])
