"""Catalogs as Parquet files, written by DuckDB, and runs over them."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from db.models import Artifact, Run, Upload, now
from db.session import Session
from jobs.engines.files.detect import detect
from jobs.submit import RunOptions
from tests.duck import fresh_database
from tests.house import House

ORDERS = "CREATE VIEW dbo.vOrders AS SELECT o.id, o.price * 2 AS total FROM dbo.Orders AS o"
LOADED = "INSERT INTO dbo.Archive (id) SELECT id FROM dbo.Orders"


def values(columns: str, *rows: str) -> str:
    """A query for rows of these columns."""
    return f"SELECT * FROM (VALUES {', '.join(rows)}) AS t({columns})"


def text(words: str) -> str:
    """A literal of SQL."""
    return "'" + words.replace("'", "''") + "'"


OBJECTS = values(
    "object_id, schema_name, object_name, object_type",
    "(1::BIGINT, 'dbo', 'Orders', 'Table')",
    "(2, 'dbo', 'vOrders', 'View')",
    "(3, 'dbo', 'Archive', 'Table')",
)
CATALOG: Mapping[str, str] = {
    "objects": OBJECTS,
    "definitions": values("object_id, definition", f"(2::BIGINT, {text(ORDERS)})"),
    "dependencies": values("referencing_object_id, referenced_object_id", "(2::BIGINT, 1::BIGINT)"),
}
COLUMNS = values(
    "object_id, schema_name, table_name, column_name, data_type, ordinal",
    "(1::BIGINT, 'dbo', 'Orders', 'price', 'money', 2)",
    "(1, 'dbo', 'Orders', 'id', 'int', 1)",
)


def write(folder: Path, name: str, query: str) -> Path:
    """A Parquet file of what a query gives."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    with fresh_database() as database:
        database.execute(f"COPY ({query}) TO {text(str(path))} (FORMAT parquet)")
    return path


async def uploaded(house: House, path: Path, name: str, workspace: str = "main") -> str:
    """The id of an upload that has arrived with these bytes."""
    digest, size = house.artifacts.put(path)
    moment = now()

    def work(session: Session) -> str:
        if session.get(Artifact, digest) is None:
            artifact = Artifact(digest=digest, size_bytes=size, media_type="application/octet-stream")
            session.add(artifact)
            session.flush()
        upload = Upload(
            pk=uuid4(),
            workspace=workspace,
            name=name,
            size_bytes=size,
            created_by="somebody",
            expires_at=moment + timedelta(minutes=15),
            received_at=moment,
            digest=digest,
            role=detect(path, name).value,
        )
        session.add(upload)
        return str(upload.pk)

    found: str = await house.write(work)
    return found


async def submitted(
    house: House, folder: Path, files: Mapping[str, str], options: RunOptions | None = None, **params: Any
) -> Run:
    """A run over Parquet files, given as queries by name, accepted."""
    workspace = (options or RunOptions()).workspace
    uploads = []
    for name, query in files.items():
        place = hashlib.sha256(f"{name}{query}".encode()).hexdigest()[:8]
        path = write(folder / place, "file", query)
        uploads.append(await uploaded(house, path, f"{name}.parquet", workspace))
    return await house.submitted("lineage", options, uploads=uploads, **params)


async def told(house: House, folder: Path, files: Mapping[str, str], **params: Any) -> dict[str, Any]:
    """The result of a run over Parquet files, given as queries by name."""
    run = await submitted(house, folder, files, **params)
    await house.execute(run)
    row = await house.row(run)
    assert row.result is not None, row.error
    result: dict[str, Any] = row.result
    return result
