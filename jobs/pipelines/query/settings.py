"""What an operator may tune about queries."""

from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from jobs.engines.sql.clickhouse.server import Server
from jobs.engines.sql.present import present_engines
from jobs.engines.sql.values import Engine, Limits
from jobs.pipelines.query.values import MAX_SECONDS, MAX_SQL_BYTES


class QuerySettings(BaseSettings):
    """What one statement may use."""

    model_config = SettingsConfigDict(env_prefix="HEADWATER_QUERY_", frozen=True, use_attribute_docstrings=True)

    memory_mb: int = Field(default=1024, ge=64)
    """Memory that DuckDB may use for one statement, in MB; a child process (`CHILD_MEMORY_MB`) needs more."""

    threads: int = Field(default=2, ge=1, le=256)
    """Threads of one statement."""

    temp_mb: int = Field(default=4096, ge=1)
    """Disk in the scratch folder that one statement may use for what does not fit into memory, in MB."""

    max_columns: int = Field(default=4096, ge=1)
    """Columns that a result may have."""

    cache_seconds: int = Field(default=3600, ge=0)
    """How long a result answers the same question over the same tables, in seconds. 0: never."""

    clickhouse_url: str | None = Field(default=None, pattern=r"^https?://[^/\s?#]+(/[^/\s?#]*)?$")
    """Address of a ClickHouse, http or https, as `…://user@host:8443/database`. Unset: none."""

    clickhouse_password: SecretStr | None = None
    """Password of its user, who should be one that may read what users may, and nothing else."""

    @field_validator("clickhouse_url")
    @classmethod
    def _check_url(cls, value: str | None) -> str | None:
        """Refuse an address without a host, with a port that is none, or with a password."""
        try:
            parts = urlsplit(value or "//unset")
            right = bool(parts.hostname) and parts.password is None and (parts.port is None or parts.port > 0)
        except ValueError:
            right = False
        if not right:
            raise ValueError("must be an http:// or https:// address without a password")
        return value

    @property
    def clickhouse(self) -> Server | None:
        """The ClickHouse that statements may run on, if an operator named one."""
        if self.clickhouse_url is None:
            return None
        parts = urlsplit(self.clickhouse_url)
        secure = parts.scheme == "https"
        return Server(
            host=parts.hostname or "",
            port=parts.port or (8443 if secure else 8123),
            user=unquote(parts.username or "default"),
            password=self.clickhouse_password.get_secret_value() if self.clickhouse_password else "",
            database=unquote(parts.path.removeprefix("/")) or "default",
            secure=secure,
        )

    @property
    def engines(self) -> tuple[Engine, ...]:
        """The engines that runs may choose: ClickHouse where its address is set and its driver installed."""
        return (Engine.DUCKDB,) if self.clickhouse_url is None else present_engines(server=True)

    def limits(self, rows: int) -> Limits:
        """The limits of a statement whose result may have so many rows.

        Time is not among them: the run has a timeout of its own, which ends its child.
        """
        return Limits(
            memory_bytes=self.memory_mb << 20,
            threads=self.threads,
            temp_bytes=self.temp_mb << 20,
            timeout_seconds=MAX_SECONDS,
            rows=rows,
            columns=self.max_columns,
            sql_bytes=MAX_SQL_BYTES,
        )
