"""What an operator may tune about lineage runs."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class LineageSettings(BaseSettings):
    """How SQL texts are taken apart."""

    model_config = SettingsConfigDict(
        env_prefix="HEADWATER_LINEAGE_", frozen=True, use_attribute_docstrings=True
    )

    chunk_characters: int = Field(default=100_000, ge=1_000)
    """Characters of SQL that one piece of work for a child process holds, unless a single text is longer."""
