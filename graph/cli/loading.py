"""`headwater load`: send a file, and make a table of it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph.cli.exits import Status
from graph.cli.outcomes import HEAD_FIELDS, read_outcome, show_outcome
from graph.cli.paper import paper
from graph.cli.parcels import parcel_of
from graph.cli.pushing import Push, persistently, send
from graph.cli.runs import Target, checked, interruptible
from graph.cli.watching import watch
from graph.client import PATIENCE_SECONDS, Address, Client, Pursuit, RunRef, connected

SUBMIT = f"""
mutation Load($run: RunInput!, $options: RunOptions!) {{
  submitRun(run: $run, options: $options) {{
    ... on Run {{ {HEAD_FIELDS} }}
    ... on Refusal {{ code message hint }}
  }}
}}"""
RESULT = """query Loaded($runId: String!, $workspace: String!) {
  run(runId: $runId, workspace: $workspace) { result { ... on TableResult {
    schema name version rowCount columns { name type }
  } } }
}"""


@dataclass(frozen=True, slots=True)
class Load:
    """A file, and what is to be made of it: `table` is what the API takes, without the upload."""

    path: Path
    table: Mapping[str, Any]
    workspace: str = "main"
    key: str = field(default_factory=lambda: f"load-{secrets.token_hex(8)}")


def load(order: Load, target: Target) -> int:
    """Send a file, make a table of it and watch; the exit status.

    Raises:
        BadPath: The file cannot be read.
        Unreachable, RefusedRemotely: The service is not there, or does not take it.
    """
    return interruptible(_load(order, target))


async def _load(order: Load, target: Target) -> int:
    address = target.address()
    async with connected(address) as client:
        run = await submit(client, address, order)
        await watch(Pursuit(client, run), paper(errors=True))
        outcome = await read_outcome(client, run)
        if outcome.status != "COMPLETED":
            show_outcome(outcome, paper(errors=True))
            return Status.FAILED
        paper(errors=True).print(await told(client, run), markup=False)
    return Status.OK


async def submit(client: Client, address: Address, order: Load) -> RunRef:
    """The accepted run over a file that was sent.

    Raises:
        Unreachable, RefusedRemotely: It was not sent, or not accepted.
    """
    sending = Push(order.path, {}, {"workspace": order.workspace})
    upload = await send(client, address, parcel_of(order.path), sending)
    run, options = {"table": {**order.table, "upload": upload}}, {"workspace": order.workspace}

    async def ask() -> dict[str, Any]:
        # The key makes a second try the same run: the first may have arrived, and only its answer did not.
        return await client.ask(SUBMIT, run=run, options={**options, "idempotencyKey": order.key})

    accepted = checked((await persistently(ask, PATIENCE_SECONDS))["submitRun"])
    return RunRef(accepted["runId"], accepted["workspace"])


async def told(client: Client, run: RunRef) -> str:
    """What a completed run made, in words."""
    found = (await client.ask(RESULT, runId=run.run_id, workspace=run.workspace))["run"]["result"]
    columns = ", ".join(f"{column['name']} {column['type']}" for column in found["columns"])
    name = f"{found['schema']}.{found['name']}"
    return f"{int(found['rowCount']):,} rows read; {name} is at version {found['version']}: {columns}"
