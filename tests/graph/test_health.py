"""Whether the service is well, and what it says when something it needs is not."""

import shutil
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx

from db import migrate
from tests.graph.api import Api, open_api
from tests.servers import Postgres, short_folder, start_postgres, start_valkey

HEALTH = "{ health { status version uptimeSeconds checks { name problem } } }"


async def ready(api: Api) -> tuple[int, dict[str, Any]]:
    answer = await api.client.get("/health/ready")
    assert "no-store" == answer.headers["cache-control"]
    return answer.status_code, answer.json()


async def well(api: Api) -> tuple[int, str]:
    answer = await api.client.get("/health")
    return answer.status_code, answer.json()["status"]


async def lives(api: Api) -> bool:
    return {"status": "ok"} == dict((await api.client.get("/health/live")).json())


async def test_all_is_well(api: Api) -> None:
    """A service that has all it needs is live, ready and ok, by HTTP and by GraphQL."""
    health = (await api.client.get("/health")).json()
    shown = (await api.ask(HEALTH))["health"]

    assert (200, {"ready": True, "failing": {}}) == await ready(api)
    assert await lives(api)
    assert ("ok", version("headwater")) == (health["status"], health["version"])
    assert {"database": "ok", "migrations": "ok", "redis": "ok"} == health["checks"]
    assert "ok" == shown["status"]
    assert [("database", ""), ("migrations", ""), ("redis", "")] == [
        (check["name"], check["problem"]) for check in shown["checks"]
    ]
    assert shown["uptimeSeconds"] >= 0


async def test_without_redis(sqlite_url: str, tmp_path: Path) -> None:
    """Without Redis the service is degraded and not ready, says so, takes runs, and recovers by itself."""
    valkey = start_valkey(short_folder())
    try:
        async with open_api(sqlite_url, valkey.url, tmp_path) as api:
            valkey.kill()
            assert (503, {"ready": False, "failing": {"redis": "does not answer"}}) == await ready(api)
            assert (200, "degraded") == await well(api)
            assert await lives(api)
            await api.done()
            valkey.start()
            assert (200, {"ready": True, "failing": {}}) == await ready(api)
    finally:
        valkey.stop()


async def test_a_database_that_is_not_migrated(redis_url: str, tmp_path: Path) -> None:
    """A database without its tables, or at an older migration, fails the check of migrations by name."""
    file = tmp_path / "headwater.db"
    file.touch()
    url = f"sqlite:///{file}"
    async with open_api(url, redis_url, tmp_path) as api:
        status, said = await ready(api)
        assert (503, ["migrations"]) == (status, list(said["failing"]))
        assert "headwater migrate" in said["failing"]["migrations"]
        assert (503, "down") == await well(api)
        assert await lives(api)
        migrate.upgrade(url)
        assert (200, {"ready": True, "failing": {}}) == await ready(api)


async def test_the_database_file_is_gone(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """A database file that somebody removed is noticed, though connections to it are still open."""
    file = tmp_path / "headwater.db"
    async with open_api(sqlite_url, redis_url, tmp_path) as api:
        assert (200, {"ready": True, "failing": {}}) == await ready(api)
        shutil.move(file, tmp_path / "elsewhere.db")
        status, said = await ready(api)
        assert (503, ["database", "migrations"]) == (status, list(said["failing"]))
        assert "does not answer" == said["failing"]["database"]
        assert (503, "down") == await well(api)
        assert await lives(api)
        assert not file.exists()
        shutil.move(tmp_path / "elsewhere.db", file)
        assert (200, {"ready": True, "failing": {}}) == await ready(api)


async def test_postgres_is_gone(redis_url: str, tmp_path: Path) -> None:
    """A PostgreSQL that has ended is named, a query that needs it is masked, and the process lives on."""
    postgres: Postgres = start_postgres(short_folder())
    try:
        postgres.create_database("headwater")
        url = postgres.url("headwater")
        migrate.upgrade(url)
        async with open_api(url, redis_url, tmp_path) as api:
            run_id = await api.done()
            postgres.stop()
            status, said = await ready(api)
            (error,) = await api.errors("query($id: String!) { run(runId: $id) { runId } }", id=run_id)

            assert (503, ["database", "migrations"]) == (status, list(said["failing"]))
            assert "INTERNAL" == error["extensions"]["code"]
            assert (503, "down") == await well(api)
            assert await lives(api)
    finally:
        postgres.stop()


async def test_what_this_service_is(sqlite_api: Api) -> None:
    """The service says its name, its version, what runs work with, and which kinds it takes."""
    service = (await sqlite_api.ask("{ service { name version engines kinds } }"))["service"]

    assert ("Headwater", version("headwater")) == (service["name"], service["version"])
    assert [f"queries on DuckDB {version('duckdb')}", f"lineage on sqlglot {version('sqlglot')}"] == service[
        "engines"
    ]
    assert {"chores", "echo", "lineage"} <= set(service["kinds"])


async def test_the_way_in(sqlite_api: Api) -> None:
    """The front page leads to GraphiQL, which comes with its policy, its assets and its examples."""
    led = await sqlite_api.client.get("/")
    page = await sqlite_api.client.get("/graphql", headers={"accept": "text/html,*/*"})
    script = await sqlite_api.client.get("/static/graphiql/boot.js")

    assert (307, "/graphql") == (led.status_code, led.headers["location"])
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert ("nosniff", "no-referrer") == (
        page.headers["x-content-type-options"],
        page.headers["referrer-policy"],
    )
    assert "SubmitLineage" in page.text
    assert 200 == script.status_code
    assert 404 == (await sqlite_api.client.get("/static/graphiql/../api.py")).status_code


async def test_no_way_in(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """Where GraphiQL is switched off, a browser gets no page, and programs are answered as ever."""
    async with open_api(sqlite_url, redis_url, tmp_path, graphiql="false") as api:
        page = await api.client.get("/graphql", headers={"accept": "text/html"})

        assert 404 == page.status_code
        assert "BAD_INPUT" == page.json()["errors"][0]["extensions"]["code"]
        assert {"__typename": "Query"} == await api.ask("{ __typename }")


async def test_the_schema(sqlite_url: str, redis_url: str, tmp_path: Path) -> None:
    """What is served as the schema is what is committed."""
    committed = Path(__file__).parents[2] / "graph" / "schema.graphql"
    async with open_api(sqlite_url, redis_url, tmp_path, pipeline_packages='["jobs.pipelines"]') as api:
        served: httpx.Response = await api.client.get("/schema.graphql")

    assert served.headers["content-type"].startswith("text/plain")
    assert committed.read_text(encoding="utf-8").strip() == served.text.strip()
