"""Imports and exports of front ends' JSON, as runs of a house."""

import random
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from db.history import artifacts_of_runs
from db.models import Run, RunStatus
from jobs.submit import RunOptions
from tests.catalogs import uploaded
from tests.house import House
from tests.jobs.engines.lineage.test_imported import node

LETTERS = "aB.\"]['`é𝄞 \n#$-_"


async def imported(
    house: House,
    folder: Path,
    content: bytes,
    workspace: str = "main",
    *,
    name: str = "lineage.json",
    **params: Any,
) -> Run:
    """An ended run that imported a file."""
    path = folder / f"{workspace}.json"
    path.write_bytes(content)
    upload = await uploaded(house, path, name, workspace)
    run = await house.submitted("lineage", RunOptions(workspace=workspace), uploads=[upload], **params)
    await house.execute(run)
    return await house.row(run)


async def exported(
    house: House, workspace: str = "main", *, called: str = "lineage.json", **params: Any
) -> bytes:
    """The file of an export."""
    run = await house.submitted("export", RunOptions(workspace=workspace), **params)
    await house.execute(run)
    row = await house.row(run)
    assert RunStatus.COMPLETED == row.status, row.error
    assert row.result is not None
    kept = await house.store.read(partial(artifacts_of_runs, pks=[run.pk]))
    ((name, artifact),) = kept[run.pk]
    assert (called, row.result["artifact"]) == (name, artifact.digest)
    return house.artifacts.path(artifact.digest).read_bytes()


def some_nodes(seed: int, count: int = 60) -> list[dict[str, Any]]:
    """Nodes with names of all kinds of letters, words, cycles, and references in any of the three lists."""
    chance = random.Random(seed)  # noqa: S311 - the same nodes each time

    def word(least: int) -> str:
        return "".join(chance.choices(LETTERS, k=chance.randint(least, 6)))

    names = {
        f"{schema}.{name}".lower(): (schema, name)
        for schema, name in ((word(0), word(1)) for _ in range(count))
    }
    unique = {f"{schema}.{name}".strip(".").lower(): (schema, name) for schema, name in names.values()}
    ids = [f"n{place}" for place in range(len(unique))]
    kinds = ["Table", "View", "Stored Procedure", "Function"]
    return [
        node(
            ids[place],
            name=name,
            schema=schema,
            object_type=chance.choice(kinds),
            description=word(0),
            inputs=chance.sample(ids, chance.randint(0, 4)),
            outputs=chance.sample(ids, chance.randint(0, 4)),
            bidirectional_with=chance.sample(ids, chance.randint(0, 1)),
            parse_success=chance.random() < 0.8,
            **({"ddl_text": f"CREATE {word(1)}"} if chance.random() < 0.5 else {}),
        )
        for place, (schema, name) in enumerate(unique.values())
    ]


def pairs_of(content: bytes) -> set[tuple[str, str]]:
    """Source and target of each edge that a file tells, by id."""
    nodes = orjson.loads(content)
    inputs = {(source, each["id"]) for each in nodes for source in each["inputs"]}
    assert inputs == {(each["id"], target) for each in nodes for target in each["outputs"]}
    return inputs
