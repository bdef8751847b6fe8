"""What an operator may tune about the doors, and all settings there are."""

import re
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_network
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.access import Role
from db.settings import PREFIX, BadSettings, StateSettings, load_settings
from graph.rights import NOBODY, OPERATOR, Rights
from jobs.logs import Environment, LogSettings
from jobs.pipeline import load_pipelines
from jobs.settings import WorkSettings, read_list

ORIGIN = re.compile(r"https?://[^/\s?#@*,]+")


class Anonymous(StrEnum):
    """What whoever does not sign in may do."""

    NOBODY = "nobody"
    VIEWER = "viewer"
    RUNNER = "runner"
    EDITOR = "editor"
    ADMIN = "admin"
    OPERATOR = "operator"

    @property
    def rights(self) -> Rights:
        """The same in every workspace."""
        if self is Anonymous.NOBODY:
            return NOBODY
        return OPERATOR if self is Anonymous.OPERATOR else Rights(everywhere=Role(self.value))


class ApiSettings(BaseSettings):
    """How clients are answered."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, use_attribute_docstrings=True)

    host: str = "127.0.0.1"
    """Address the API listens on."""

    port: int = Field(default=8000, ge=0, le=65535)
    """Port the API listens on; 0 takes a free one."""

    api_token: SecretStr | None = None
    """Token of operators, brought as `Authorization: Bearer …`."""

    anonymous: Anonymous | None = None
    """What may be done without signing in: `nobody`, `viewer`, `runner`, `editor`, `admin` or `operator`.

    Unset: everything in development if there is no way to sign in; else nothing.
    """

    operators: Annotated[tuple[str, ...], BeforeValidator(read_list)] = ()
    """Who may do everything everywhere: names and groups, such as `["ada@example.org", "group:platform"]`."""

    trusted_proxies: Annotated[tuple[str, ...], BeforeValidator(read_list)] = ()
    """Addresses or networks of proxies that may name who asks, such as `["10.0.0.7", "fd00::/64"]`."""

    principal_header: str = Field(default="X-Forwarded-User", pattern=r"^[A-Za-z0-9-]+$")
    """Header in which a trusted proxy names who asks; Azure's is `X-MS-CLIENT-PRINCIPAL-NAME`."""

    max_body_bytes: int = Field(default=67_108_864, ge=1024)
    """Largest request body, in bytes; larger ones are answered 413."""

    max_upload_bytes: int = Field(default=134_217_728, ge=1)
    """Largest file that is taken by upload, in bytes; HEADWATER_MAX_ARTIFACT_BYTES bounds it too."""

    signing_key: SecretStr | None = Field(default=None, min_length=32)
    """What addresses of uploads and downloads are signed with. Unset: a key made once, kept in the database."""

    public_url: str | None = Field(default=None, pattern=r"^https?://[^/\s?#]+(/[^\s?#]*)?$")
    """Address that clients reach the service by, for the addresses it gives out. Unset: that of the request."""

    cors_origins: Annotated[tuple[str, ...], BeforeValidator(read_list)] = (
        "http://localhost:3000",
        "http://127.0.0.1:3000",
    )
    """Origins whose pages may ask from a browser, over HTTP and sockets, such as `["http://localhost:5173"]`."""

    walk_cache_mb: int = Field(default=256, ge=0)
    """Memory for graphs to walk fast, in MiB; some 60 bytes an edge. 0: every walk is answered by SQL."""

    graphiql: bool = True
    """Whether the GraphiQL page is served."""

    @field_validator("trusted_proxies")
    @classmethod
    def _check_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what is no network, and the one of all addresses: then anybody could be anybody."""
        if any(ip_network(each).prefixlen == 0 for each in value):
            raise ValueError("would trust every address there is")
        return value

    @field_validator("cors_origins")
    @classmethod
    def _check_origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what no browser would ever send as an origin, and the star that would let every page in."""
        for origin in value:
            if not ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"{origin!r} is no origin: name scheme, host and port and nothing else, as in http://localhost:3000"
                )
        return tuple(origin.lower() for origin in value)


def anonymous_of(api: ApiSettings, environment: Environment) -> Anonymous:
    """What may be done without signing in."""
    if api.anonymous is not None:
        return api.anonymous
    is_open = api.api_token is None and not api.trusted_proxies and environment is Environment.DEVELOPMENT
    return Anonymous.OPERATOR if is_open else Anonymous.NOBODY


class ClientSettings(BaseSettings):
    """Where the command line finds a service."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, use_attribute_docstrings=True)

    url: str = Field(default="http://127.0.0.1:8000", pattern=r"^https?://[^/\s]+(/\S*)?$")
    """Address of the service that `headwater run`, `watch` and `stop` talk to, bringing HEADWATER_API_TOKEN."""


OWN: tuple[type[BaseSettings], ...] = (StateSettings, WorkSettings, ApiSettings, LogSettings, ClientSettings)


def all_settings(environ: Mapping[str, str] | None = None) -> tuple[type[BaseSettings], ...]:
    """Every settings class, those of the run kinds too."""
    try:
        work = load_settings((WorkSettings,), environ)[WorkSettings]
        packages = work.pipeline_packages
    except BadSettings:  # told again, with everything else that is wrong, by whoever loads them all
        packages = WorkSettings.model_fields["pipeline_packages"].default
    kinds = (pipeline.settings for pipeline in load_pipelines(packages).values())
    return tuple(dict.fromkeys((*OWN, *kinds)))


def load_all(environ: Mapping[str, str] | None = None) -> dict[type[BaseSettings], Any]:
    """All settings, checked at once.

    Raises:
        BadSettings: Something is wrong or unknown; everything that is wrong is in it.
    """
    return load_settings(all_settings(environ), environ, complete=True)
