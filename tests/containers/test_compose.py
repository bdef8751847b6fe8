"""The composition starts as a whole, keeps what it promises about privileges, and its settings are settings."""

from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy.engine import make_url

from db.settings import FILE_SUFFIX, PREFIX, StateSettings
from graph import alive
from graph.cli import app
from graph.cli.parts import DRAIN_SECONDS
from graph.settings import ApiSettings, load_all
from jobs.logs import Environment, LogSettings
from jobs.settings import WorkSettings, redis_url
from tests.containers.recipes import (
    ROOT,
    SECRETS,
    composition,
    image_environment,
    seconds,
    services,
    steps,
)

OURS = ("api", "worker", "migrate")
LASTING = ("api", "worker", "postgres", "valkey")
SPOKEN = "a secret of 32 characters at least, made up"


def environment_of(name: str, folder: Path) -> dict[str, str]:
    """What a service of ours is set up from, with its secrets where a test can put them."""
    own = image_environment() | services()[name]["environment"]
    for secret in services()[name]["secrets"]:
        (folder / secret).write_text(SPOKEN + "\n", encoding="utf-8")
    return {key: value.replace(SECRETS, f"{folder}/") for key, value in own.items() if key.startswith(PREFIX)}


def test_the_parts() -> None:
    """There are the API, a worker, PostgreSQL and Valkey, and migrations that run once before."""
    assert {*OURS, *LASTING} == set(services())
    assert {"data", "database"} == set(composition()["volumes"])
    assert all(":" in services()[name]["image"] for name in services())
    assert not any(services()[name]["image"].endswith(":latest") for name in services())
    assert {services()["api"]["image"]} == {services()[name]["image"] for name in OURS}


def test_who_can_be_reached() -> None:
    """Only the API has a port, on this machine only; what it talks to has no way out."""
    assert ["api"] == [name for name, each in services().items() if "ports" in each]
    assert [f"127.0.0.1:8000:{image_environment()['HEADWATER_PORT']}"] == services()["api"]["ports"]
    assert composition()["networks"]["inside"]["internal"]
    assert {("inside",)} == {tuple(each["networks"]) for name, each in services().items() if name != "api"}
    assert ["outside", "inside"] == services()["api"]["networks"]


@pytest.mark.parametrize("name", [*LASTING, "migrate"])
def test_privileges(name: str) -> None:
    """Every part runs as nobody special, on a root that cannot be written, and can gain nothing."""
    service = services()[name]
    uid, _, gid = service["user"].partition(":")

    assert int(uid) > 0
    assert int(gid) > 0
    assert service["read_only"] is True
    assert ["ALL"] == service["cap_drop"]
    assert ["no-new-privileges:true"] == service["security_opt"]
    assert not {"privileged", "cap_add", "devices", "pid", "network_mode", "env_file"} & service.keys()
    assert all(each.split(":")[0] in composition()["volumes"] for each in service.get("volumes", ()))


def test_the_user_of_the_image() -> None:
    """Parts of ours run as the user whom the image made and gave the data folder to."""
    (user,) = (step.rest for step in steps() if step.word == "USER")
    assert {user} == {services()[name]["user"] for name in OURS}


@pytest.mark.parametrize("name", LASTING)
def test_they_stay(name: str) -> None:
    """What is to stay is started again when it ends, and is asked whether it is well."""
    service = services()[name]
    check = service["healthcheck"]

    assert "unless-stopped" == service["restart"]
    assert "CMD" == check["test"][0]
    assert check["retries"] >= 3
    assert 0 < seconds(check["timeout"]) <= seconds(check["interval"]) or name in {"api", "worker"}
    assert seconds(check["timeout"]) > alive.SECONDS
    assert seconds(check["start_period"]) >= 20


def test_the_order() -> None:
    """The database is well before it is migrated, and migrated before anybody works with it."""
    well, done = {"condition": "service_healthy"}, {"condition": "service_completed_successfully"}
    for name in ("api", "worker"):
        assert {"migrate": done, "postgres": well, "valkey": well} == services()[name]["depends_on"]
    assert {"postgres": well} == services()["migrate"]["depends_on"]
    assert services()["migrate"]["restart"].startswith("on-failure")
    assert services()["migrate"]["healthcheck"] == {"disable": True}


def test_commands() -> None:
    """What the parts of ours do are commands that exist, and so are the questions whether they are well."""
    known: Any = typer.main.get_command(app)

    for name in OURS:
        command, *options = services()[name]["command"]
        assert command in known.commands
        assert [] == options
    for name in ("api", "worker"):
        assert ["CMD", "python", "-m", alive.__name__, name] == services()[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", OURS)
def test_settings(name: str, tmp_path: Path) -> None:
    """Every part's settings exist and are accepted, with the secrets that it is given and no others."""
    loaded = load_all(environment_of(name, tmp_path))

    state, work, api = loaded[StateSettings], loaded[WorkSettings], loaded[ApiSettings]
    url = make_url(state.url)
    assert ("postgresql+psycopg", "postgres", SPOKEN) == (url.drivername, url.host, url.password)
    assert Path("/data") == state.data_dir
    assert Environment.PRODUCTION is loaded[LogSettings].environment
    assert (name == "api") == (api.api_token is not None) == (api.signing_key is not None)
    assert name == "migrate" or "redis://valkey:6379/0" == redis_url(work, state)


def test_secrets() -> None:
    """A secret is a file that is declared, handed only to who names it, and never stands in the composition."""
    declared = composition()["secrets"]
    for service in services().values():
        own = service.get("environment", {})
        named = {each.removeprefix(SECRETS) for key, each in own.items() if key.endswith(FILE_SUFFIX)}
        assert named == set(service.get("secrets", ()))
        assert named <= declared.keys()
        assert not {"HEADWATER_API_TOKEN", "HEADWATER_SIGNING_KEY", "POSTGRES_PASSWORD"} & own.keys()
        assert "@" not in own.get("HEADWATER_DATABASE_URL", "").replace("headwater@postgres", "")
    assert {"file": "./secrets/api_token"} == declared["api_token"]
    assert "secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_shared_folders() -> None:
    """The API and the workers share the folder with the artifacts, and the database has one to itself."""
    folder = image_environment()["HEADWATER_DATA_DIR"]

    assert [f"data:{folder}"] == services()["api"]["volumes"] == services()["worker"]["volumes"]
    (of_database,) = services()["postgres"]["volumes"]
    assert services()["postgres"]["environment"]["PGDATA"].startswith(of_database.partition(":")[2])
    assert not [name for name in ("migrate", "valkey") if "volumes" in services()[name]]


def test_they_are_given_time() -> None:
    """Who is told to end is given longer than it takes: workers drain, the API answers what it began."""
    worker = services()["worker"]
    drain = int(worker["environment"]["HEADWATER_DRAIN_SECONDS"])

    assert seconds(worker["stop_grace_period"]) >= drain + 10
    assert seconds(services()["api"]["stop_grace_period"]) > DRAIN_SECONDS
