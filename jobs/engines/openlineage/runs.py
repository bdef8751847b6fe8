"""Tell runs of Headwater itself as OpenLineage events: one when a run starts, and one at its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from jobs.engines.openlineage.values import EventType
from jobs.engines.openlineage.write import CORE, JOB, PRODUCER, Dataset, Json, dataset_of, event, facet, moment


class Ending(StrEnum):
    """How a run ended, by the type of the event that says so."""

    COMPLETE = EventType.COMPLETE.value
    FAIL = EventType.FAIL.value
    ABORT = EventType.ABORT.value


@dataclass(frozen=True, slots=True)
class Account:
    """What is told of a run whenever something is told of it."""

    run_id: str  # a UUID, the same in all events of the run
    namespace: str  # of jobs
    workspace: str
    kind: str
    name: str  # what its clients know it by, unique in its workspace
    submitted_at: datetime
    version: str  # of the service
    about: str = ""  # the source that it speaks for: runs of one source are runs of one job
    retry_of: str | None = None
    sql: str | None = None  # only where the operator lets it out

    @property
    def job(self) -> str:
        """The name of the job that this is a run of."""
        return ".".join(filter(None, (self.workspace, self.kind, self.about)))


def start_of(account: Account, at: datetime) -> Json:
    """A run has started: nothing is known yet of what it will write."""
    return _event(account, at, EventType.START, {})


def end_of(
    account: Account,
    at: datetime,
    ending: Ending,
    *,
    error: str | None = None,
    outputs: Sequence[Dataset] = (),
    left_out: int = 0,
) -> Json:
    """A run has ended: how, and what it wrote into the graph.

    Args:
        account: The run.
        at: When it ended.
        ending: How it ended.
        error: What went wrong, in words.
        outputs: What the run said something new of; each tells what flows into it.
        left_out: How many more there are than are told.

    Returns:
        An event whose inputs are what flows into each of its outputs. Readers take every input to flow into
        every output, and of a run that describes a warehouse nearly all of that would be false: what flows
        into one output only is in that one's facets.
    """
    facets: Json = {}
    if error is not None:
        facets["errorMessage"] = facet("errorMessage", message=error, programmingLanguage="PYTHON")
    datasets = [each for each in outputs if each.kind != JOB]
    told = _event(account, at, EventType(ending.value), facets, left_out=left_out)
    inputs = [{"namespace": namespace, "name": name} for namespace, name in inputs_of(datasets)]
    return {**told, "inputs": inputs, "outputs": [dataset_of(each) for each in datasets]}


def inputs_of(outputs: Sequence[Dataset]) -> list[tuple[str, str]]:
    """The datasets that flow into each of these."""
    sources = [
        {(namespace, name) for namespace, name, is_job, *_ in each.inflows if not is_job} for each in outputs
    ]
    return sorted(set.intersection(*sources)) if sources else []


def _event(account: Account, at: datetime, kind: EventType, facets: Json, *, left_out: int = 0) -> Json:
    own: dict[str, Any] = {"workspace": account.workspace, "runId": account.name, "kind": account.kind}
    if account.retry_of is not None:
        own["retryOf"] = account.retry_of
    if left_out:
        own["outputsLeftOut"] = left_out
    run = {
        "nominalTime": facet("nominalTime", nominalStartTime=moment(account.submitted_at)),
        "processing_engine": facet("processing_engine", name="Headwater", version=account.version),
        "headwater_run": {"_producer": PRODUCER, "_schemaURL": f"{CORE}/RunFacet", **own},
        **facets,
    }
    job = {
        "jobType": facet(
            "jobType", processingType="BATCH", integration="HEADWATER", jobType=account.kind.upper()
        )
    }
    if account.sql is not None:
        job["sql"] = facet("sql", query=account.sql)
    return event(
        "RunEvent",
        at,
        eventType=kind.value,
        run={"runId": account.run_id, "facets": run},
        job={"namespace": account.namespace, "name": account.job, "facets": job},
        inputs=[],
        outputs=[],
    )
