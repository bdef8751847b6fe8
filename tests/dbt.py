"""Small artifacts of dbt, as dbt 1.10 writes them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from jobs.engines.files.roles import Role
from jobs.pipelines.lineage.sources.material import File

Node = dict[str, Any]
RAW = "source.shop.raw.orders"


def model(name: str, sql: str | None = None, *, needs: tuple[str, ...] = (), **more: Any) -> tuple[str, Node]:
    """A model, by its id: a view in the schema `mart` of the database `shop`, if nothing else is said."""
    key = f"model.shop.{name}"
    return key, {
        "unique_id": key,
        "resource_type": "model",
        "relation_name": f'"shop"."mart"."{name}"',
        "original_file_path": f"models/{name}.sql",
        "language": "sql",
        "compiled_code": sql,
        "config": {"materialized": "view"},
        "depends_on": {"nodes": list(needs)},
        **more,
    }


def source(key: str = RAW, **more: Any) -> tuple[str, Node]:
    """A source, by its id."""
    name = key.rpartition(".")[2]
    return key, {
        "unique_id": key,
        "resource_type": "source",
        "relation_name": f'"shop"."raw"."{name}"',
        "original_file_path": "models/sources.yml",
        **more,
    }


def manifest(*nodes: tuple[str, Node], adapter: str = "duckdb", **more: Any) -> dict[str, Any]:
    """A manifest of these nodes, each in the section of its type."""
    every = dict(nodes)
    return {
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json",
            "adapter_type": adapter,
            "project_name": "shop",
        },
        "nodes": {key: node for key, node in every.items() if not key.startswith(("source.", "exposure."))},
        "sources": {key: node for key, node in every.items() if key.startswith("source.")},
        "exposures": {key: node for key, node in every.items() if key.startswith("exposure.")},
        **more,
    }


def catalog(**nodes: Mapping[str, str]) -> dict[str, Any]:
    """A catalog that tells the columns and types of nodes, by their ids with `__` for dots."""
    told = {
        key.replace("__", "."): {
            "metadata": {"type": "BASE TABLE"},
            "columns": {
                name: {"name": name, "type": kind, "index": place}
                for place, (name, kind) in enumerate(columns.items(), start=1)
            },
        }
        for key, columns in nodes.items()
    }
    return {
        "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json"},
        "nodes": {key: node for key, node in told.items() if not key.startswith("source.")},
        "sources": {key: node for key, node in told.items() if key.startswith("source.")},
    }


def files(folder: Path, *artifacts: dict[str, Any] | bytes) -> list[File]:
    """A manifest and perhaps a catalog, written down."""
    found = []
    for artifact, role in zip(artifacts, (Role.DBT_MANIFEST, Role.DBT_CATALOG), strict=False):
        path = folder / f"{role.value.removeprefix('dbt_')}.json"
        path.write_bytes(artifact if isinstance(artifact, bytes) else orjson.dumps(artifact))
        found.append(File(path.name, role, path))
    return found
