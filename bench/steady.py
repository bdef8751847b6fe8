"""What the service costs when nothing happens, and how long it takes to get over a death."""

import asyncio
import signal
import statistics
import time

import httpx
import psutil

from bench.site import Site, submit

SETTLING_SECONDS = 5.0  # what starting up still does
IDLE_SECONDS = 10.0
DEATHS = 5
LOOK_SECONDS = 0.02


def idle(site: Site) -> float:
    """Percent of a core that API and worker use together while nobody asks for anything."""
    processes = [psutil.Process(process.pid) for process in site.processes]
    time.sleep(SETTLING_SECONDS)
    before = used(processes)
    time.sleep(IDLE_SECONDS)
    return 100 * (used(processes) - before) / IDLE_SECONDS


def used(processes: list[psutil.Process]) -> float:
    """Seconds of a core that processes and their children have used so far."""
    family = [one for process in processes for one in (process, *process.children(recursive=True))]
    return sum(sum(one.cpu_times()[:2]) for one in family)


async def recovering(site: Site) -> float:
    """Median seconds from the SIGKILL of a worker to the next STARTED of its run on another."""
    took = []
    async with httpx.AsyncClient(base_url=site.url, timeout=60) as client:
        for number in range(DEATHS):
            gate = site.folder / f"death-{number}"
            run_id = await submit(client, "chores", {"chore": "WAIT", "path": str(gate)})
            worker = await holder(site, run_id)
            began = time.monotonic()
            worker.send_signal(signal.SIGKILL)
            site.start_worker()
            while not site.rows(  # noqa: ASYNC110 - another process does what is waited for
                f"SELECT 1 FROM runs WHERE run_id = '{run_id}' AND attempt = 2"
            ):
                await asyncio.sleep(LOOK_SECONDS)
            took.append(time.monotonic() - began)
            await asyncio.to_thread(gate.touch)
    return statistics.median(took)


async def holder(site: Site, run_id: str) -> psutil.Process:
    """The worker process that executes a run."""
    query = f"SELECT worker FROM runs WHERE run_id = '{run_id}' AND status = 'running'"
    while not (found := site.rows(query)):  # noqa: ASYNC110 - another process does what is waited for
        await asyncio.sleep(LOOK_SECONDS)
    return psutil.Process(int(found[0][0].split(":")[1]))
