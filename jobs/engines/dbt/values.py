"""A dbt project as its artifacts tell it: frozen values, named as dbt names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ResourceType(StrEnum):
    """What a node is."""

    MODEL = "model"
    SEED = "seed"
    SNAPSHOT = "snapshot"
    SOURCE = "source"
    TEST = "test"
    UNIT_TEST = "unit_test"
    EXPOSURE = "exposure"


@dataclass(frozen=True, slots=True)
class NodeColumn:
    """A column that the project documents, the warehouse has, or both. `in_warehouse` is its own spelling."""

    name: str
    data_type: str | None = None
    description: str = ""
    tags: tuple[str, ...] = ()
    quoted: bool = False
    in_warehouse: bool = False


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How the rows of a snapshot are made: dbt adds columns of its own, by names that a project may set."""

    unique_key: tuple[str, ...] = ()
    updated_at: str | None = None
    columns: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the project.

    `relation` is its name as the warehouse's SQL writes it; None for what is no relation there. `sql` is the
    compiled SELECT. `needs` are ids of other nodes. `is_view`: as the warehouse or the project says.
    """

    id: str
    type: ResourceType
    path: str
    relation: str | None = None
    sql: str | None = None
    language: str = "sql"
    ephemeral: bool = False
    is_view: bool = False
    description: str = ""
    owners: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    columns: tuple[NodeColumn, ...] = ()
    in_catalog: bool = False
    needs: tuple[str, ...] = ()
    snapshot: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """The nodes of a project by id, the adapter that they were compiled for, and what is left out."""

    name: str
    adapter: str
    nodes: tuple[Node, ...]
    left_out: Mapping[str, int]
