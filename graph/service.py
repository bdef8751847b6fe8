"""What this service is and whether it is well."""

from importlib.metadata import version

import strawberry

from graph.context import Info
from graph.health import check_all, status_of, uptime_seconds

VERSION = version("headwater")
ENGINES = {"duckdb": "queries on DuckDB", "sqlglot": "lineage on sqlglot"}
"""What runs work with, by the package that it is."""


@strawberry.type(description="This service.")
class Service:
    name: str = strawberry.field(description="Its name.")
    version: str = strawberry.field(description="Its version.")
    engines: list[str] = strawberry.field(description="The engines that runs work with, and their versions.")
    kinds: list[str] = strawberry.field(description="The kinds of runs that it takes.")


@strawberry.type(description="Something the service needs.")
class HealthCheck:
    name: str = strawberry.field(description="What it is.")
    problem: str = strawberry.field(description="What is wrong with it; empty if nothing is.")


@strawberry.type(description="Whether the service is well.")
class Health:
    status: str = strawberry.field(
        description="`ok`; `degraded` (runs wait, nothing is lost) without Redis; `down` without the database."
    )
    version: str = strawberry.field(description="The version that answers.")
    uptime_seconds: float = strawberry.field(description="How long it has been up.")
    checks: list[HealthCheck] = strawberry.field(description="What it looked at.")


@strawberry.type
class ServiceQuery:
    @strawberry.field(description="What this service is.")
    def service(self, info: Info) -> Service:
        return Service(
            name="Headwater",
            version=VERSION,
            engines=[f"{name} {version(package)}" for package, name in ENGINES.items()],
            kinds=list(info.context.desk.pipelines),
        )

    @strawberry.field(description="Whether it is well.")
    async def health(self, info: Info) -> Health:
        checks = await check_all(info.context.desk)
        return Health(
            status=status_of(checks),
            version=VERSION,
            uptime_seconds=uptime_seconds(),
            checks=[HealthCheck(name=check.name, problem=check.problem) for check in checks],
        )
