"""A catalog of 5,000 objects as Parquet, from its first upload to COMPLETED, as a client sees it."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import httpx
import orjson
import psutil
import sqlglot

from bench.objects import COLUMNS, TABLES, definitions
from bench.site import Site, submit
from db.models import MAIN_WORKSPACE

NAMED = "object_id BIGINT, schema_name TEXT, table_name TEXT"
LOOK_SECONDS = 0.05

CREATE = """mutation ($name: String!, $size: BigInt!, $workspace: String!) {
    createUpload(name: $name, size: $size, workspace: $workspace) {
        ... on Upload { uploadId putUrl } ... on Refusal { message }
    }
}"""
TYPES = ("int", "bigint", "nvarchar(50)", "decimal(18,2)", "datetime2(7)", "bit", "money")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run over the catalog took: seconds in all and by stage, beside bare parsing, and memory in MB."""

    seconds: float
    stages: dict[str, float]
    parse_seconds: float
    api_mb: float
    worker_mb: float


def generate(folder: Path) -> list[Path]:
    """Write the catalog as four Parquet files."""
    made = list(definitions())
    objects = [(n + 1, "dbo", f"T{n}", "Table") for n in range(TABLES)]
    objects += [(key, "dbo", name, "View" if name[0] == "v" else "Stored Procedure") for key, name, _ in made]
    columns = [
        (n + 1, "dbo", f"T{n}", f"c{place}", TYPES[(n + place) % len(TYPES)], place)
        for n in range(TABLES)
        for place in range(COLUMNS)
    ]
    needs = [
        (key, int(word.partition("dbo.T")[2]) + 1)
        for key, _, sql in made
        for word in sql.split()
        if word.startswith("dbo.T")
    ]
    tables: dict[str, tuple[str, list[Any]]] = {
        "objects": ("object_id BIGINT, schema_name TEXT, object_name TEXT, object_type TEXT", objects),
        "definitions": ("object_id BIGINT, definition TEXT", [(key, sql) for key, _, sql in made]),
        "dependencies": ("referencing_object_id BIGINT, referenced_object_id BIGINT", needs),
        "table_columns": (f"{NAMED}, column_name TEXT, data_type TEXT, ordinal INT", columns),
    }
    paths = []
    with duckdb.connect() as database:
        for name, (shape, rows) in tables.items():
            source, path = folder / f"{name}.json", folder / f"{name}.parquet"
            fields = [field.split()[0] for field in shape.split(", ")]
            source.write_bytes(b"\n".join(orjson.dumps(dict(zip(fields, row, strict=True))) for row in rows))
            types = ", ".join(f"{field.split()[0]}: '{field.split()[1]}'" for field in shape.split(", "))
            query = f"SELECT * FROM read_json('{source}', columns = {{{types}}})"
            database.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
            paths.append(path)
    return paths


async def upload(client: httpx.AsyncClient, path: Path, workspace: str = MAIN_WORKSPACE) -> str:
    """The id of an upload of a file."""
    content = path.read_bytes()  # noqa: ASYNC240 - nothing else is going on
    variables = {"name": path.name, "size": str(len(content)), "workspace": workspace}
    answer = (await client.post("/graphql", json={"query": CREATE, "variables": variables})).json()
    made = answer["data"]["createUpload"]
    (await client.put(made["putUrl"], content=content)).raise_for_status()
    return str(made["uploadId"])


async def carried(site: Site) -> Measured:
    """Upload the catalog, submit it, and wait for its end."""
    paths = generate(site.folder)
    began = time.perf_counter()
    for _, _, sql in definitions():
        sqlglot.parse(sql, read="tsql")
    parse_seconds = time.perf_counter() - began
    api, worker = (psutil.Process(process.pid) for process in site.processes[:2])
    peaks = {api: 0.0, worker: 0.0}
    began = time.perf_counter()
    async with httpx.AsyncClient(base_url=site.url, timeout=120) as client:
        uploads = [await upload(client, path) for path in paths]
        run_id = await submit(client, "lineage", {"uploads": uploads, "dialect": "TSQL"})
    ended = f"SELECT pk, status FROM runs WHERE run_id = '{run_id}' AND finished_at IS NOT NULL"
    while not (found := site.rows(ended)):
        peaks = {process: max(peak, megabytes(process)) for process, peak in peaks.items()}
        await asyncio.sleep(LOOK_SECONDS)
    seconds = time.perf_counter() - began
    pk, status = found[0]
    if not status.startswith("completed"):
        raise RuntimeError(
            f"the run ended as {status}: {site.rows(f'SELECT error FROM runs WHERE pk = {pk!r}')}"
        )
    stages = {
        data["stage"]: data["duration_ms"] / 1000
        for (text,) in site.rows(
            f"SELECT data FROM run_events WHERE run_pk = {pk!r} AND name = 'STAGE_COMPLETED'"
        )
        for data in (orjson.loads(text),)
    }
    return Measured(seconds, stages, parse_seconds, peaks[api], peaks[worker])


def megabytes(process: psutil.Process) -> float:
    """Resident memory of a process and its children, in MB."""
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_info().rss
        except psutil.NoSuchProcess:  # it ended while we looked
            continue
    return total / 1e6
