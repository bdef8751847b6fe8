"""What an operator may tune about reading files into tables."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from jobs.engines.sql.values import Limits


class TableSettings(BaseSettings):
    """What reading one file may use."""

    model_config = SettingsConfigDict(env_prefix="HEADWATER_TABLE_", frozen=True, use_attribute_docstrings=True)

    memory_mb: int = Field(default=1024, ge=64)
    """Memory that reading one file may use, in MB; a child process (`CHILD_MEMORY_MB`) needs more."""

    threads: int = Field(default=2, ge=1, le=256)
    """Threads of reading one file."""

    temp_mb: int = Field(default=4096, ge=1)
    """Disk in the scratch folder that reading one file may use for what does not fit into memory, in MB."""

    max_columns: int = Field(default=4096, ge=1)
    """Columns that a file may have."""

    def limits(self, seconds: float) -> Limits:
        """The limits of reading one file, which may take so long."""
        return Limits(
            memory_bytes=self.memory_mb << 20,
            threads=self.threads,
            temp_bytes=self.temp_mb << 20,
            timeout_seconds=seconds,
            columns=self.max_columns,
        )
