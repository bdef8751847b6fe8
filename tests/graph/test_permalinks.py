"""Addresses that stay: they lead who may see it to a picture, and tell others nothing."""

from typing import Any
from uuid import uuid4

from strawberry import relay

from db.roles import Role
from tests.graph.api import Api, open_api, recording
from tests.graph.test_lineage import RIVER, learn
from tests.graph.test_rights import BOSS, SET, Asker, proxied

__all__ = ["proxied"]
LINKS = """{
  asset(name: "river.peaks") { id permalink }
  column(of: {asset: "river.peaks", column: "metres"}) { id permalink }
}"""


async def links(api: Api) -> dict[str, Any]:
    return await api.ask(LINKS)


async def test_to_the_picture(api: Api) -> None:
    """The address of an asset or a column leads to the picture of it, at the revision of now."""
    await learn(api, RIVER)
    found = await links(api)
    for each in ("asset", "column"):
        address = found[each]["permalink"]
        assert f"{api.address}/a/{found[each]['id']}" == address
        response = await api.client.get(address)
        assert 302 == response.status_code
        assert "no-store" == response.headers["cache-control"]
        assert "no-referrer" == response.headers["referrer-policy"]
        page = await api.client.get(response.headers["location"])
        assert 200 == page.status_code
        assert "river.peaks" in page.text
        assert "revision 1" in page.text
    await learn(api, RIVER | {"more.sql": "CREATE VIEW river.more AS SELECT metres FROM river.peaks;"})
    anew = await api.client.get((await api.client.get(found["column"]["permalink"])).headers["location"])
    assert "river.more" in anew.text


async def test_what_leads_nowhere(api: Api) -> None:
    """What is not there, is no asset or column, or is no id at all is the same NOT_FOUND."""
    await learn(api, RIVER)
    accepted = await api.submit({"echo": {"word": "a"}})
    found = await links(api)
    kind, inner = relay.from_base64(found["asset"]["id"])
    gone = relay.to_base64("Column", inner)
    await learn(api, {"other.sql": "CREATE TABLE a.b (c INT);"})
    odd = [accepted["id"], relay.to_base64("Asset", uuid4()), relay.to_base64(kind, "x"), gone]
    answers = [await api.client.get(f"/a/{word}") for word in [*odd, "x", "%00", "é", "x" * 5_000]]
    answers += [await api.client.get(found[each]["permalink"]) for each in ("asset", "column")]

    assert {404} == {answer.status_code for answer in answers}
    bodies = [answer.json()["errors"][0] for answer in answers]
    assert 1 == len({(body["message"], body["extensions"]["hint"]) for body in bodies})
    assert {"NOT_FOUND"} == {body["extensions"]["code"] for body in bodies}
    assert 405 == (await api.client.post(found["asset"]["permalink"])).status_code


async def test_who_may_follow(proxied: Api) -> None:
    """Who may see nothing of a workspace learns nothing, with the same work done; pictures need definitions."""
    await Asker(proxied, BOSS).ask(SET, principal="ada", role=Role.VIEWER.name)
    await Asker(proxied, BOSS).ask(SET, principal="eve", role=Role.VIEWER.name, sees=False)
    proxied.client.headers["X-Forwarded-User"] = BOSS
    await learn(proxied, RIVER)
    there, nowhere = (await links(proxied))["asset"]["permalink"], f"/a/{relay.to_base64('Asset', uuid4())}"
    statuses, sent = {}, []
    for name in ("ada", "eve", "stranger"):
        statuses[name] = (await proxied.client.get(there, headers={"X-Forwarded-User": name})).status_code
    for address in (there, nowhere):
        with recording() as statements:
            answer = await proxied.client.get(address, headers={"X-Forwarded-User": "stranger"})
        sent.append((answer.json()["errors"][0]["message"], len(statements.texts)))

    assert {"ada": 302, "eve": 403, "stranger": 404} == statuses
    assert sent[0][0] == sent[1][0]


async def test_without_signing_in(database_url: str, redis_url: str, tmp_path: Any) -> None:
    """Who is not signed in is told so, whatever the address names."""
    async with open_api(database_url, redis_url, tmp_path, bearer="s3cret") as api:
        await learn(api, RIVER)
        there = (await links(api))["asset"]["permalink"]
        del api.client.headers["authorization"]
        for address in (there, "/a/x"):
            response = await api.client.get(address)
            assert (401, "Bearer") == (response.status_code, response.headers["www-authenticate"])
            assert "UNAUTHENTICATED" == response.json()["errors"][0]["extensions"]["code"]
