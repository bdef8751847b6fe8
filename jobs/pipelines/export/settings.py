"""What an operator may tune about exports."""

from typing import Annotated

from pydantic import BeforeValidator
from pydantic_settings import BaseSettings, SettingsConfigDict

from jobs.engines.lineage.classify import DEFAULT_PATTERNS, DataModelType, read_patterns


class ExportSettings(BaseSettings):
    """How graphs are exported: as the API shows them."""

    model_config = SettingsConfigDict(env_prefix="HEADWATER_", frozen=True, use_attribute_docstrings=True)

    data_model_patterns: Annotated[dict[DataModelType, tuple[str, ...]], BeforeValidator(read_patterns)] = {
        part: tuple(each) for part, each in DEFAULT_PATTERNS.items()
    }
    """The same patterns, for what is exported."""
