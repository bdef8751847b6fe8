"""What an operator may tune about lineage runs."""

from typing import Annotated, Any

import orjson
from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from jobs.engines.lineage.classify import DEFAULT_PATTERNS, DataModelType, read_patterns


def read_names(given: Any) -> Any:
    """Names from the text of an environment variable: a JSON list, or names between commas."""
    if not isinstance(given, str):
        return given
    if given.lstrip().startswith("["):
        return orjson.loads(given)
    return tuple(name.strip() for name in given.split(",") if name.strip())


class NameSettings(BaseSettings):
    """What names say to an export: what is printed without a service says the same."""

    model_config = SettingsConfigDict(env_prefix="HEADWATER_", frozen=True)

    data_model_patterns: Annotated[dict[DataModelType, tuple[str, ...]], BeforeValidator(read_patterns)] = {
        part: tuple(each) for part, each in DEFAULT_PATTERNS.items()
    }


class LineageSettings(BaseSettings):
    """How SQL texts and the files of catalogs are taken apart."""

    model_config = SettingsConfigDict(
        env_prefix="HEADWATER_LINEAGE_", frozen=True, use_attribute_docstrings=True
    )

    chunk_characters: int = Field(default=100_000, ge=1_000)
    """Characters of SQL that one piece of work for a child process holds, unless a single text is longer."""

    excluded_schemas: Annotated[tuple[str, ...], NoDecode, BeforeValidator(read_names)] = (
        "sys",
        "information_schema",
        "pg_catalog",
    )
    """Schemas that no run puts into the graph, whatever their capitals: JSON, or names between commas."""

    query_log_days: int = Field(default=90, ge=1, le=36_500)
    """For how many days what a query log showed stays in the graph, unless a later log shows it again."""
