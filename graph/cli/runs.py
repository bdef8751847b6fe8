"""`headwater run`, `watch` and `stop`: submit and follow runs of a service that is somewhere."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db.settings import load_settings
from graph.cli.exits import Status, status_of_run
from graph.cli.outcomes import HEAD, HEAD_FIELDS, Outcome, read_outcome, show_outcome
from graph.cli.paper import paper
from graph.cli.texts import Text, read_all, tell_of
from graph.cli.watching import watch
from graph.client import Address, Client, Pursuit, RefusedRemotely, RunRef, connected, with_names
from graph.settings import ApiSettings, ClientSettings

INTERRUPTED = 130
SUBMIT = f"""
mutation Submit($run: RunInput!, $options: RunOptions!) {{
  submitRun(run: $run, options: $options) {{
    ... on Run {{ {HEAD_FIELDS} }}
    ... on Refusal {{ code message hint }}
  }}
}}"""
STOP = f"""
mutation Stop($runId: String!, $workspace: String!) {{
  stopRun(runId: $runId, workspace: $workspace) {{
    ... on Run {{ {HEAD_FIELDS} stopRequestedAt }}
    ... on Refusal {{ code message hint }}
  }}
}}"""

DIALECTS = """query Dialects { __type(name: "Dialect") { enumValues { name } } }"""


@dataclass(frozen=True, slots=True)
class Target:
    """Which service, and how results are printed."""

    url: str | None = None
    token: str | None = None
    as_json: bool = False
    strict: bool = False

    def address(self) -> Address:
        """Where the service is: what the command line says, else the environment.

        Raises:
            BadSettings, BadAddress: One of them cannot be used.
        """
        loaded = load_settings((ClientSettings, ApiSettings))
        kept = loaded[ApiSettings].api_token
        token = self.token or (kept.get_secret_value() if kept else None)
        return Address(self.url or loaded[ClientSettings].url, token)


@dataclass(frozen=True, slots=True)
class Order:
    """A lineage run to submit: `lineage` and `options` are what the API takes, what is unset left out."""

    paths: tuple[Path, ...]
    lineage: dict[str, Any]
    options: dict[str, Any]
    wait: bool = True
    workspace: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "workspace", self.options.get("workspace", "main"))


def run_lineage(order: Order, target: Target) -> int:
    """Submit SQL files and watch the run; the exit status."""
    texts, empty = read_all(order.paths)
    tell_of(texts, empty)
    return interruptible(_run_lineage(order, target, texts))


async def _run_lineage(order: Order, target: Target, texts: Sequence[Text]) -> int:
    async with connected(target.address()) as client:
        return await conclude(client, await submit(client, order, texts), target, wait=order.wait)


async def submit(client: Client, order: Order, texts: Sequence[Text]) -> RunRef:
    """The accepted run over texts.

    Raises:
        RefusedRemotely: It was not accepted.
    """
    lineage = order.lineage | {"texts": [{"name": text.name, "sql": text.sql} for text in texts]}
    return await send_run(client, lineage, order.options, [text.name for text in texts])


async def conclude(client: Client, run: RunRef, target: Target, *, wait: bool) -> int:
    """Watch an accepted run to its end, or say how to; the exit status."""
    if wait:
        return await follow(client, run, target)
    outcome = await read_outcome(client, run, HEAD)
    out = paper()
    if target.as_json:
        out.out(outcome.as_json(), highlight=False)
    else:
        out.print(f"Submitted: {run.run_id}", markup=False)
        paper(errors=True).print(how_to_watch(run, target), soft_wrap=True, markup=False)
    return Status.OK


async def send_run(
    client: Client, lineage: Mapping[str, Any], options: Mapping[str, Any], names: Sequence[str]
) -> RunRef:
    """The accepted run.

    Args:
        client: The service.
        lineage: What the API takes for a lineage run.
        options: The options of the run.
        names: What its texts or uploads are called, in their order.

    Raises:
        RefusedRemotely: It was not accepted.
    """
    try:
        told = await client.ask(SUBMIT, run={"lineage": lineage}, options=options)
        accepted = checked(told["submitRun"])
    except RefusedRemotely as error:
        error.args = (with_names(str(error), names),)
        if "'Dialect'" in str(error):
            error.args = (f"There is no dialect {lineage['dialect'].lower()!r}.",)
            error.hint = f"There are: {', '.join(await dialects(client))}."
        raise
    return RunRef(accepted["runId"], accepted["workspace"])


async def dialects(client: Client) -> list[str]:
    """The dialects that the service knows."""
    told = await client.ask(DIALECTS)
    return [str(each["name"]).lower() for each in told["__type"]["enumValues"]]


def checked(told: dict[str, Any]) -> dict[str, Any]:
    """What a mutation gave, unless it is a refusal.

    Raises:
        RefusedRemotely: It is one.
    """
    if "code" in told:
        raise RefusedRemotely(told)
    return told


async def follow(client: Client, run: RunRef, target: Target, after: int = 0) -> int:
    """Watch a run to its end and print what came of it; the exit status."""
    errors = paper(errors=True)
    if errors.is_terminal or not target.as_json:
        errors.print(f"Run {run.run_id}", style="bold", markup=False)
    try:
        await watch(Pursuit(client, run, after), errors)
    except asyncio.CancelledError:
        errors.print("\nThe run goes on without you.", markup=False)
        errors.print(how_to_watch(run, target), soft_wrap=True, markup=False)
        raise
    outcome = await read_outcome(client, run)
    show(outcome, target)
    return status_of_run(outcome.status, strict=target.strict)


def show(outcome: Outcome, target: Target) -> None:
    out = paper()
    if target.as_json:
        out.out(outcome.as_json(), highlight=False)
    else:
        show_outcome(outcome, out)


def how_to_watch(run: RunRef, target: Target) -> str:
    more = "".join(
        (
            f" --workspace {run.workspace}" if run.workspace != "main" else "",
            f" --url {target.url}" if target.url else "",
        )
    )
    return f"  watch it:  headwater watch {run.run_id}{more}\n  stop it:   headwater stop {run.run_id}{more}"


def watch_run(run: RunRef, target: Target, after: int) -> int:
    """Watch a run that was submitted before; the exit status."""

    async def work() -> int:
        async with connected(target.address()) as client:
            await read_outcome(client, run, HEAD)  # an unknown run is told at once, not waited for
            return await follow(client, run, target, after)

    return interruptible(work())


def stop_run(run: RunRef, target: Target) -> int:
    """Ask a run to stop; the exit status."""

    async def work() -> int:
        async with connected(target.address()) as client:
            told = await client.ask(STOP, runId=run.run_id, workspace=run.workspace)
            outcome = Outcome.of(checked(told["stopRun"]))
        if target.as_json:
            show(outcome, target)
        elif outcome.run["finishedAt"]:
            paper().print(f"Run {run.run_id} has ended: {outcome.status}", markup=False)
        else:
            paper().print(f"Run {run.run_id} is {outcome.status} and was asked to stop.", markup=False)
        return Status.OK

    return interruptible(work())


def interruptible(work: Coroutine[Any, Any, int]) -> int:
    """Run a command to its end; Ctrl-C cancels it and is no error."""
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        return INTERRUPTED
