"""OpenLineage events, as clients send them."""

from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1] / "../shared/data/openlineage"
WAREHOUSE = "postgres://warehouse:5432"
Facets = dict[str, Any]


def dataset(name: str, **facets: Any) -> dict[str, Any]:
    """A dataset of the warehouse."""
    return {"namespace": WAREHOUSE, "name": name, "facets": facets}


def event(kind: str = "COMPLETE", run: str = "r1", job: str = "load", **more: Any) -> dict[str, Any]:
    """An event of a run; inputs and outputs are datasets."""
    return {
        "eventTime": "2026-01-02T03:04:05Z",
        "eventType": kind,
        "producer": "https://example.org/tests",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json",
        "run": {"runId": run},
        "job": {"namespace": "airflow", "name": job, "facets": {}},
        **more,
    }


def schema(**fields: str) -> Facets:
    return {"fields": [{"name": name, "type": kind} for name, kind in fields.items()]}


def source(name: str, field: str | None = None, *transformations: Facets, namespace: str = WAREHOUSE) -> Facets:
    """A field of a dataset as the facet columnLineage names it."""
    told = {"transformations": list(transformations)} if transformations else {}
    return {"namespace": namespace, "name": name, **({"field": field} if field else {}), **told}


def transformation(kind: str, subtype: str, *, masking: bool = False, description: str = "") -> Facets:
    return {"type": kind, "subtype": subtype, "masking": masking, "description": description}
