"""What an operator may tune about queries."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from jobs.engines.sql.values import Limits
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
