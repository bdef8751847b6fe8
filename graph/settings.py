"""What an operator may tune about the doors, and all settings there are."""

import re
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.roles import Role
from db.settings import PREFIX, BadSettings, StateSettings, load_settings
from graph.rights import NOBODY, OPERATOR, Rights
from jobs.logs import Environment, LogSettings
from jobs.pipeline import load_pipelines
from jobs.settings import EmissionSettings, WorkSettings, read_list

UNDER_DEVELOPMENT = tuple(
    f"http://{host}:{port}" for port in (3000, 8501) for host in ("localhost", "127.0.0.1")
)
"""Where front ends listen while somebody works on them."""
ORIGIN = re.compile(r"https?://[^/\s?#@*,]+")
ALGORITHMS = frozenset(
    "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519".split()  # noqa: SIM905 - one line for eleven
)
"""How a token may be signed: with two keys, one of which never leaves its issuer. So no `none` and no HMAC."""


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

    max_message_bytes: int = Field(default=1_048_576, ge=1024)
    """Largest message on a socket, in bytes; a larger one closes its socket with 1009."""

    max_socket_operations: int = Field(default=100, ge=1)
    """Operations that may be under way on one socket; one more is refused, and the others go on."""

    socket_init_seconds: float = Field(default=10.0, gt=0, le=3600)
    """How long a socket may be open without `connection_init`; then it is closed with 4408."""

    max_document_characters: int = Field(default=100_000, ge=1_000)
    """Longest document of GraphQL, in characters; the values of variables do not count."""

    max_tokens: int = Field(default=5_000, ge=100)
    """Most tokens of a document."""

    max_depth: int = Field(default=20, ge=1, le=100)
    """How deep a document may nest fields in fields, fragments included; GraphiQL's own question takes 15."""

    max_aliases: int = Field(default=100, ge=0)
    """How many aliases a document may have; those in a fragment count wherever it is spread."""

    max_cost: int = Field(default=2_000_000, ge=1)
    """How many fields a request may have answered, going by `first`, `last` and `maxNodes`."""

    persisted_queries: int = Field(default=1_000, ge=0)
    """Documents that each API process remembers by their hashes, for clients that then send these; 0: none."""

    trusted_documents: Path | None = None
    """Manifest of documents that may be asked for by their ids, in Apollo's format. Unset: there are none."""

    trusted_documents_only: bool = False
    """Whether nothing is answered but the documents of that manifest."""

    introspection: bool = True
    """Whether the API tells its schema; else neither `__schema` nor /schema.graphql is answered."""

    suggestions: bool = True
    """Whether errors about unknown names end in "Did you mean …?"."""

    max_upload_bytes: int = Field(default=134_217_728, ge=1)
    """Largest file that is taken by upload, in bytes; HEADWATER_MAX_ARTIFACT_BYTES bounds it too."""

    signing_key: SecretStr | None = Field(default=None, min_length=32)
    """What addresses of uploads and downloads are signed with. Unset: a key made once, kept in the database."""

    public_url: str | None = Field(default=None, pattern=r"^https?://[^/\s?#]+(/[^\s?#]*)?$")
    """Address that clients reach the service by, for the addresses it gives out. Unset: that of the request."""

    cors_origins: Annotated[tuple[str, ...] | None, BeforeValidator(read_list)] = None
    """Origins whose pages may ask from a browser, over HTTP and sockets, such as `["http://localhost:5173"]`.

    Unset: ports 3000 and 8501 of this machine in development and demo, none in production.
    """

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
    def _check_origins(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """Refuse what no browser would ever send as an origin, and the star that would let every page in."""
        for origin in value or ():
            if not ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"{origin!r} is no origin: name scheme, host and port and nothing else, as in http://localhost:3000"
                )
        return None if value is None else tuple(origin.lower() for origin in value)


class QuotaSettings(BaseSettings):
    """How much whoever asks may use; each limit is switched off by 0."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, use_attribute_docstrings=True)

    max_requests_per_principal: int = Field(default=12_000, ge=0)
    """Requests and operations on sockets a minute of one who signed in; then RATE_LIMITED."""

    max_requests_per_address: int = Field(default=30_000, ge=0)
    """The same from one address, or from one IPv6 network of 64 bits; a socket that is opened counts as one."""

    max_cost_per_principal: int = Field(default=100_000_000, ge=0)
    """What the documents of one who signed in may cost a minute, each as `extensions.cost` says."""

    max_cost_per_address: int = Field(default=300_000_000, ge=0)
    """The same from one address."""

    max_sockets_per_principal: int = Field(default=500, ge=0)
    """Sockets of one who signed in that may be open at once; one more is closed with 1013."""

    max_sockets_per_address: int = Field(default=500, ge=0)
    """The same from one address, from the moment they are opened."""

    max_uploads_per_principal: int = Field(default=10_000, ge=0)
    """Uploads that one who signed in may announce in an hour."""

    max_uploads_per_address: int = Field(default=20_000, ge=0)
    """The same from one address."""

    max_waiting_bytes_per_principal: int = Field(default=17_179_869_184, ge=0)
    """Bytes that one principal's uploads may have together that were announced and have not arrived."""

    max_storage_per_workspace: int = Field(default=0, ge=0)
    """Bytes of files in a workspace, those of its uploads and runs, from which on it takes no more uploads."""


class ClientSettings(BaseSettings):
    """Where the command line finds a service."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, use_attribute_docstrings=True)

    url: str = Field(default="http://127.0.0.1:8000", pattern=r"^https?://[^/\s]+(/\S*)?$")
    """Address of the service that `headwater run`, `watch` and `stop` talk to, bringing HEADWATER_API_TOKEN."""


class OidcSettings(BaseSettings):
    """Whose tokens are taken besides our own: those of one OpenID Connect issuer."""

    model_config = SettingsConfigDict(env_prefix=f"{PREFIX}OIDC_", frozen=True, use_attribute_docstrings=True)

    issuer: str | None = None
    """The issuer, as its tokens spell it in `iss`. Unset: no issuer's tokens are taken."""

    audiences: Annotated[tuple[str, ...], BeforeValidator(read_list)] = ()
    """For whom a token has to be: one of these. Needed with an issuer, which makes tokens for others too."""

    audience_claim: str = Field(default="aud", min_length=1)
    """Claim that says for whom a token is; in access tokens of Amazon Cognito `client_id`."""

    algorithms: Annotated[tuple[str, ...], BeforeValidator(read_list)] = ("RS256", "ES256")
    """How a token may be signed: RS256 to RS512, PS256 to PS512, ES256 to ES512, EdDSA, Ed25519."""

    skew_seconds: int = Field(default=60, ge=0, le=600)
    """By how much the issuer's clock and ours may differ."""

    name_claims: Annotated[tuple[str, ...], BeforeValidator(read_list)] = ("sub",)
    """Claims that name who asks; the first that a token has counts, and one is needed."""

    group_claims: Annotated[tuple[str, ...], BeforeValidator(read_list)] = ()
    """Claims with groups or roles, such as `["realm_access.roles"]`; a dot leads into an object."""

    jwks_url: str | None = None
    """Where the issuer's keys are. Unset: where its `/.well-known/openid-configuration` says."""

    @field_validator("issuer", "jwks_url")
    @classmethod
    def _check_address(cls, value: str | None) -> str | None:
        """Refuse an address over which somebody on the way could put in keys of their own."""
        if value is not None and not is_trustworthy(value):
            raise ValueError(
                "must be an https:// address without a password, `?` or `#`; http:// on loopback only"
            )
        return value

    @field_validator("algorithms")
    @classmethod
    def _check_algorithms(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse what anybody could sign with who knows what the issuer publishes."""
        if not value or set(value) - ALGORITHMS:
            raise ValueError(f"must name some of {', '.join(sorted(ALGORITHMS))}")
        return value

    @field_validator("name_claims")
    @classmethod
    def _check_names(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value:
            raise ValueError("must name a claim, such as sub")
        return value

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        """Refuse an issuer whose tokens for anybody would do, and settings of an issuer that is not there."""
        if self.issuer is not None and not (self.audiences and all(self.audiences)):
            raise ValueError("HEADWATER_OIDC_AUDIENCES has to name for whom tokens of the issuer are")
        if self.issuer is None and (self.audiences or self.jwks_url):
            raise ValueError("HEADWATER_OIDC_ISSUER is not set, so no token would be taken")
        return self


def is_trustworthy(address: str) -> bool:
    """Whether what an address answers comes from whom it names: over TLS, or from this machine itself."""
    try:
        parts = urlsplit(address)
        has_place = parts.hostname and parts.port != 0
    except ValueError:
        return False
    plain = address.isascii() and address.isprintable() and not set(address) & set(" ?#@\\")
    plain = plain and "," not in parts.netloc  # two addresses are none
    return bool(plain and has_place) and (parts.scheme == "https" or is_on_loopback(address))


def is_on_loopback(address: str) -> bool:
    """Whether this is an http:// address of this machine itself."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        near = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        near = False
    return parts.scheme == "http" and near


def anonymous_of(api: ApiSettings, oidc: OidcSettings, environment: Environment) -> Anonymous:
    """What may be done without signing in."""
    if api.anonymous is not None:
        return api.anonymous
    is_open = api.api_token is None and not api.trusted_proxies and oidc.issuer is None
    is_open = is_open and environment is not Environment.PRODUCTION
    return Anonymous.OPERATOR if is_open else Anonymous.NOBODY


def with_origins(api: ApiSettings, environment: Environment) -> ApiSettings:
    """The same, saying whose pages may ask: one list for CORS, for sockets and against forged requests."""
    if api.cors_origins is not None:
        return api
    near = () if environment is Environment.PRODUCTION else UNDER_DEVELOPMENT
    return api.model_copy(update={"cors_origins": near})


OWN: tuple[type[BaseSettings], ...] = (
    *(StateSettings, WorkSettings, EmissionSettings, ApiSettings, QuotaSettings, OidcSettings),
    *(LogSettings, ClientSettings),
)


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
