"""Whether a part of the service on this machine is well: what a container asks again and again.

python -m graph.alive api        exits with 0 if the API answers that it is ready
python -m graph.alive worker     exits with 0 if a worker is at work here
"""

import argparse
import asyncio
import http.client
import socket
import sys
from collections.abc import Mapping, Sequence

from db.settings import StateSettings, load_settings
from graph.settings import ApiSettings
from jobs.queue import Queue, connect
from jobs.settings import WorkSettings, redis_url

SECONDS = 4.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what listens there answers here, too


def api_is_ready(environ: Mapping[str, str] | None = None) -> bool:
    """Whether the API of these settings says that it is ready."""
    api: ApiSettings = load_settings((ApiSettings,), environ)[ApiSettings]
    connection = http.client.HTTPConnection(EVERYWHERE.get(api.host, api.host), api.port, timeout=SECONDS)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


async def worker_is_at_work(environ: Mapping[str, str] | None = None) -> bool:
    """Whether a worker of this host is at work, as far as the Redis of these settings knows."""
    loaded = load_settings((StateSettings, WorkSettings), environ)
    redis = connect(redis_url(loaded[WorkSettings], loaded[StateSettings]))
    try:
        return await Queue(redis).has_worker(socket.gethostname())
    finally:
        await redis.aclose(close_connection_pool=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Look at what the command line names; 1 if it is not well."""
    parser = argparse.ArgumentParser(
        prog="python -m graph.alive", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("part", choices=("api", "worker"))
    is_api = parser.parse_args(argv).part == "api"
    return int(not (api_is_ready() if is_api else asyncio.run(worker_is_at_work())))


if __name__ == "__main__":
    sys.exit(main())
