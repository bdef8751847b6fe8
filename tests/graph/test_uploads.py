"""Files are announced by GraphQL: under plain names, of honest sizes, not too many at once."""

import re
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from db.models import Upload, Workspace, now
from jobs.uploads import MAX_WAITING
from tests.graph.api import Api, open_api
from tests.graph.files import SQL, announce, announced, digest_of, shown, uploaded


async def test_an_upload_is_announced(api: Api) -> None:
    """What was announced is shown, with an address for its bytes until they arrive, then with their role."""
    created = await announced(api, name="v.sql", sha256=digest_of(SQL).upper())
    before = await shown(api, created)
    await api.client.put(created["putUrl"], content=SQL)
    after = await shown(api, created)

    assert re.fullmatch(rf"{api.address}/uploads/[\w.-]+", created["putUrl"])
    assert ("main", "v.sql", str(len(SQL)), None, "anybody") == tuple(
        created[field] for field in ("workspace", "name", "size", "role", "createdBy")
    )
    assert digest_of(SQL) == created["sha256"] == before["sha256"] == after["sha256"]
    assert (None, None) == (before["receivedAt"], before["role"])
    assert ("SQL", None) == (after["role"], after["putUrl"])
    assert after["receivedAt"] is not None


BAD_NAMES = [
    "",
    ".",
    "..",
    "../../x",
    "a/b.sql",
    "/etc/passwd",
    "..\\x",
    "C:\\x.sql",
    "a\nb",
    "a\x7f",
    "a\u202eb.sql",
    "a\u2028b",
    "x" * 256,
]


@pytest.mark.parametrize("name", BAD_NAMES)
async def test_names_that_are_refused(sqlite_api: Api, name: str) -> None:
    """A name with folders, or what cannot be shown, empty or too long is BAD_INPUT; nothing is written."""
    refused = await announce(sqlite_api, name, 1)

    assert ("BadFileRefusal", "BAD_INPUT", "name") == (refused["__typename"], refused["code"], refused["field"])
    assert {"uploads": {"edges": []}} == await sqlite_api.ask("{ uploads { edges { cursor } } }")


async def test_a_name_with_nul(sqlite_api: Api) -> None:
    """A NUL in a name is refused as it is everywhere."""
    refused = await announce(sqlite_api, "a\0.sql", 1)

    assert ("InvalidParamsRefusal", "name") == (refused["__typename"], refused["field"])


GOOD_NAMES = [
    "a",
    "x" * 255,
    "v1..2.sql",
    "Ünï 名前.sql",
    "\u0645\u06cc\u200c\u062e.sql",
    "a\u202fb.png",
    "🧑\u200d💻.sql",
]


@pytest.mark.parametrize("name", GOOD_NAMES)
async def test_names_that_are_kept(sqlite_api: Api, name: str) -> None:
    """Any plain name is kept as it is, in whatever script."""
    told = await uploaded(sqlite_api, name=name)

    assert name == told["name"] == (await shown(sqlite_api, told))["name"]


async def test_sizes(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A size of nothing, less than nothing or over the limit is BAD_INPUT; the limit itself is taken."""
    async with open_api(sqlite_url, redis_url, tmp_path, max_upload_bytes="1000") as api:
        sizes = (0, -1, 1001, 200_000_000, 2**63, 10**300)
        refused = [await announce(api, "a.sql", size) for size in sizes]
        taken = await announce(api, "a.sql", 1000)

    assert [("BadFileRefusal", "BAD_INPUT", "size")] * len(sizes) == [
        (each["__typename"], each["code"], each["field"]) for each in refused
    ]
    assert "1,000" in refused[2]["message"]
    assert "Upload" == taken["__typename"]


async def test_a_digest_that_is_none(sqlite_api: Api) -> None:
    """What cannot be a SHA-256 is refused when it is announced."""
    for digest in ("", "0" * 63, "0" * 65, "g" * 64, "٣" * 64):
        refused = await announce(sqlite_api, "a.sql", 1, sha256=digest)
        assert ("BadFileRefusal", "sha256") == (refused["__typename"], refused["field"])


async def test_workspaces_are_apart(api: Api) -> None:
    """An upload is found in its own workspace only, and announced only in one that exists."""
    await api.house.write(lambda session: session.add(Workspace(name="other")))
    created = await announced(api, workspace="other")
    query = "query($id: ID!, $of: String!) { upload(uploadId: $id, workspace: $of) { name } }"
    lists = "query($of: String!) { uploads(workspace: $of) { edges { node { workspace } } } }"

    assert {"upload": {"name": "v.sql"}} == await api.ask(query, id=created["uploadId"], of="other")
    assert "NOT_FOUND" == await api.code(query, id=created["uploadId"], of="main")
    assert [] == (await api.ask(lists, of="main"))["uploads"]["edges"]
    assert [{"node": {"workspace": "other"}}] == (await api.ask(lists, of="other"))["uploads"]["edges"]
    assert "NotFoundRefusal" == (await announce(api, "a.sql", 1, workspace="none"))["__typename"]


async def test_unknown_uploads(sqlite_api: Api) -> None:
    """An id that names no upload is NOT_FOUND, whatever it looks like."""
    query = "query($id: ID!) { upload(uploadId: $id) { name } }"
    for wrong in ("", "x", str(uuid4()), "9" * 500):
        assert "NOT_FOUND" == await sqlite_api.code(query, id=wrong)


async def test_uploads_by_page(api: Api) -> None:
    """Uploads are listed newest first, page by page, without repeats though others are added meanwhile."""
    names = [(await announced(api, name=f"{number}.sql"))["name"] for number in range(5)]
    query = """query($after: String) {
      uploads(first: 2, after: $after) { edges { node { name } } pageInfo { hasNextPage endCursor } }
    }"""
    found: list[str] = []
    page = {"hasNextPage": True, "endCursor": None}
    while page["hasNextPage"]:
        answer = (await api.ask(query, after=page["endCursor"]))["uploads"]
        found += [edge["node"]["name"] for edge in answer["edges"]]
        page = answer["pageInfo"]
        await announced(api, name="new.sql")

    assert names[::-1] == found
    assert "VALIDATION_FAILED" == await api.code(query, after="x")


async def test_an_upload_is_a_node(api: Api) -> None:
    """An upload is fetched again by its global id; one that is gone is null."""
    created = await announced(api)
    query = "query($id: ID!) { node(id: $id) { ... on Upload { uploadId putUrl } } }"
    found = (await api.ask(query, id=created["id"]))["node"]
    await api.house.write(lambda session: session.delete(session.get_one(Upload, pk_of(created))))

    assert created["uploadId"] == found["uploadId"]
    assert {"node": None} == await api.ask(query, id=created["id"])


def pk_of(created: dict[str, str]) -> UUID:
    return UUID(created["uploadId"])


async def test_an_address_expires(sqlite_api: Api) -> None:
    """Once its time is over, an upload has no address any more."""
    created = await announced(sqlite_api)
    late = update(Upload).values(expires_at=now() - timedelta(seconds=1))
    await sqlite_api.house.write(lambda session: session.execute(late))

    assert (await shown(sqlite_api, created))["putUrl"] is None


async def test_too_many_uploads(api: Api) -> None:
    """Announcing is refused while a thousand of the workspace wait; the expired or arrived do not count."""
    moment = now()

    def fill(number: int, minutes: int) -> list[Upload]:
        return [
            Upload(
                workspace="main",
                name="x",
                size_bytes=1,
                created_by="",
                expires_at=moment + timedelta(minutes=minutes),
            )
            for _ in range(number)
        ]

    await api.house.write(lambda session: session.add_all([*fill(MAX_WAITING - 1, 10), *fill(3, -10)]))
    await uploaded(api)
    last = await announce(api, "a.sql", 1)
    refused = await announce(api, "a.sql", 1)

    assert "Upload" == last["__typename"]
    assert ("TooManyUploadsRefusal", "RATE_LIMITED") == (refused["__typename"], refused["code"])
    assert (MAX_WAITING, MAX_WAITING) == (refused["waiting"], refused["allowed"])


async def test_the_public_address(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Addresses begin with the service's public one, where that is set."""
    public = "https://lineage.example/headwater/"
    async with open_api(sqlite_url, redis_url, tmp_path, public_url=public) as api:
        assert (await announced(api))["putUrl"].startswith(f"{public}uploads/")


async def test_addresses_by_socket(sqlite_api: Api) -> None:
    """A query that comes by a socket gets addresses of plain HTTP too."""
    await announced(sqlite_api)
    async with sqlite_api.socket() as wire:
        (payload,) = await wire.rest(await wire.start("{ uploads { edges { node { putUrl } } } }"))

    (edge,) = payload["data"]["uploads"]["edges"]
    assert edge["node"]["putUrl"].startswith(f"{sqlite_api.address}/uploads/")


async def test_multipart_stays_off(sqlite_api: Api) -> None:
    """Files do not come by GraphQL multipart requests, which browsers send for any page that asks."""
    operations = {"operations": '{"query": "{ __typename }"}', "map": "{}"}
    response = await sqlite_api.client.post("/graphql", data=operations, files={"0": ("a.sql", SQL)})

    assert 415 == response.status_code
