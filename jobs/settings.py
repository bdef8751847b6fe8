"""What an operator may tune about running runs."""

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.capacity import Capacity
from db.settings import PREFIX, StateSettings
from jobs.engines.lineage.classify import DEFAULT_PATTERNS, DataModelType, read_patterns

MAX_TIMEOUT_SECONDS = 24 * 3600


def read_list(given: Any) -> Any:
    """A list from the text of an environment variable, which is JSON as everywhere in pydantic-settings."""
    return json.loads(given) if isinstance(given, str) else given


class WorkSettings(BaseSettings):
    """How runs are queued, admitted and executed."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, use_attribute_docstrings=True)

    redis_url: SecretStr | None = None
    """Redis or Valkey address. Unset: the embedded Valkey's socket in the data folder."""

    slots: int = Field(default=10, ge=1, le=10_000)
    """Slots that all workers together have; a run takes as many as it was submitted with."""

    max_concurrent_runs: int = Field(default=10, ge=1, le=10_000)
    """Runs executing at once over all workers, whatever slots they take."""

    max_unfinished_runs: int = Field(default=10_000, ge=1)
    """Queued and running runs together; further submissions are refused as RATE_LIMITED."""

    max_unfinished_runs_per_principal: int = Field(default=1_000, ge=0)
    """The same of one principal; whoever did not sign in is one. 0: as many as there may be in all."""

    run_timeout_seconds: int = Field(default=3600, ge=1, le=MAX_TIMEOUT_SECONDS)
    """How long one attempt of a run may take when its submission does not say."""

    worker_runs: int = Field(default=10, ge=1, le=1_000)
    """Runs that one worker process executes at once."""

    drain_seconds: int = Field(default=5, ge=0, le=3600)
    """How long a worker that is told to end lets its runs go on before it hands them back."""

    children: int = Field(default=2, ge=1, le=256)
    """Child processes a worker has for parsing and other heavy work, warm from its start."""

    child_memory_mb: int = Field(default=2048, ge=64)
    """Memory one child process may take, in MB, before it is killed."""

    child_timeout_seconds: int = Field(default=120, ge=1)
    """How long one piece of work may take in a child process before it is killed."""

    upload_retention_hours: int = Field(default=24, ge=1, le=24 * 365)
    """How long an uploaded file is kept that no run takes, in hours; what a run takes stays with the run."""

    event_retention_days: int = Field(default=90, ge=1, le=36_500)
    """For how many days OpenLineage events that clients sent are kept, and what they say stays in the graph."""

    feed_retention_days: int = Field(default=7, ge=1, le=36_500)
    """For how many days feeds can be read on from a cursor; who comes later is told what they missed."""

    max_watches_per_workspace: int = Field(default=1_000, ge=0, le=10_000)
    """Watches of the graph of one workspace; each is looked at whenever that changes."""

    run_retention_days: int | None = Field(default=None, ge=1, le=36_500)
    """Days that an ended run is kept; what it wrote into the graph stays. Unset: for ever."""

    table_retention_days: int = Field(default=30, ge=1, le=36_500)
    """For how many days a version of a table can be read after a newer one, or DROP, took its place."""

    scratch_dir: Path | None = None
    """Folder for what runs need on disk while they run. Unset: `scratch` in the data folder."""

    pipeline_packages: Annotated[tuple[str, ...], BeforeValidator(read_list)] = ("jobs.pipelines",)
    """Python packages whose folders are run kinds, as a JSON list."""

    data_model_patterns: Annotated[dict[DataModelType, tuple[str, ...]], BeforeValidator(read_patterns)] = {
        part: tuple(names) for part, names in DEFAULT_PATTERNS.items()
    }
    """Patterns of names for each part in a data model (`dimension`, `fact`, `lookup`), as a JSON object."""

    @property
    def capacity(self) -> Capacity:
        return Capacity(slots=self.slots, runs=self.max_concurrent_runs)


class EmissionSettings(BaseSettings):
    """Whether and where an OpenLineage receiver is told of runs; by itself the service tells nobody."""

    model_config = SettingsConfigDict(
        env_prefix=f"{PREFIX}OPENLINEAGE_", frozen=True, use_attribute_docstrings=True
    )

    url: str | None = Field(default=None, pattern=r"^https?://[^/\s?#@]+(/[^\s#]*)?$")
    """Address to which an OpenLineage event is sent when a run starts and ends. Unset: none is sent."""

    api_key: SecretStr | None = None
    """What is sent as a bearer token with each event."""

    namespace: str = Field(default="headwater", min_length=1, max_length=500)
    """OpenLineage's namespace of the jobs whose runs ours are: one for each installation."""

    timeout_seconds: float = Field(default=5.0, gt=0, le=60)
    """How long sending one event may take, in seconds, answer and all."""

    backlog_hours: int = Field(default=72, ge=1, le=24 * 365)
    """How long events wait for a receiver that is away, in hours; runs that ended longer ago are not told."""

    sql: bool = False
    """Whether the statement of a run is sent along, where it has one."""

    @field_validator("url")
    @classmethod
    def _check_url(cls, value: str | None) -> str | None:
        """Refuse an address that nothing could be sent to."""
        try:
            place = None if value is None else (urlsplit(value).hostname, urlsplit(value).port)
        except ValueError:
            place = ("", None)
        if place is not None and not place[0]:
            raise ValueError("must be an http:// or https:// address without a password")
        return value


LONGEST_FOLDER = 80  # characters: kernels take some 100 for a socket's whole path


def valkey_folder(state: StateSettings) -> Path:
    """Where the embedded Valkey has its socket: in the data folder, or in a short one if that is too deep."""
    folder = state.data_dir.resolve() / "valkey"
    if len(str(folder)) <= LONGEST_FOLDER:
        return folder
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"headwater-{os.getuid()}-{digest}"


def scratch_folder(work: WorkSettings, state: StateSettings) -> Path:
    """The folder below which runs have their scratch folders."""
    return (work.scratch_dir or state.data_dir / "scratch").resolve()


def redis_url(work: WorkSettings, state: StateSettings) -> str:
    """The Redis address in the clear."""
    if work.redis_url is not None:
        return work.redis_url.get_secret_value()
    return f"unix://{valkey_folder(state) / 'valkey.sock'}?db=0"
