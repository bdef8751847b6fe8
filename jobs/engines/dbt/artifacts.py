"""Check dbt's manifest.json and catalog.json, and read them: meant for a child process, they are hostile."""

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from jobs.engines.dbt.values import Node, NodeColumn, Project, ResourceType, Snapshot
from jobs.errors import BadCatalog, Problem

MAX_BYTES = 256_000_000  # projects of 5,000 models have a fifth of it
SCHEMA = re.compile(r"schemas\.getdbt\.com/dbt/(?P<artifact>[a-z-]+)/v(?P<version>\d+)\.json")
VERSIONS = {"manifest": ("12",), "catalog": ("1",)}
SHOWN = 5  # places in a problem
NOT_READ = ("metrics", "semantic_models", "saved_queries")
COMPILE = "Run `dbt compile`, or `dbt build`, and give the manifest.json of the target folder."
SNAPSHOT_COLUMNS = ("dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "dbt_valid_to")


class Breach(StrEnum):
    """How an artifact may be wrong."""

    TOO_LARGE = "TOO_LARGE"
    """It has more than 256 MB."""
    NOT_JSON = "NOT_JSON"
    """It is no JSON in UTF-8, or cut."""
    UNKNOWN_VERSION = "UNKNOWN_VERSION"
    """It is of another version than is read."""
    MISSING = "MISSING_FIELD"
    """A field is missing that each must have."""
    TYPE = "WRONG_TYPE"
    """Values are of another type than their field."""
    EMPTY = "NO_NODES"
    """There are no nodes."""
    NOT_COMPILED = "NOT_COMPILED"
    """No model has its compiled SQL."""
    OTHER_PROJECT = "OTHER_PROJECT"
    """The catalog tells of none of the manifest's nodes."""


@dataclass(slots=True)
class Findings:
    """What is wrong with one file, by breach and field, with the places."""

    file: str
    found: dict[tuple[Breach, str, str], list[str]] = field(default_factory=dict)

    def note(self, breach: Breach, message: str, path: str = "", shown: str = "") -> None:
        """Remember that something is wrong, and where."""
        name = path.rpartition(".")[2]
        places = self.found.setdefault((breach, name, message), [])
        places.append(f"{path}: {shown}" if shown else path)

    def check(self) -> None:
        """Raise BadCatalog if anything was noted."""
        if self.found:
            raise BadCatalog(
                [
                    Problem(
                        breach.value, self.file, message, name, len(places), tuple(filter(None, places[:SHOWN]))
                    )
                    for (breach, name, message), places in self.found.items()
                ]
            )

    def stop(self, breach: Breach, message: str) -> None:
        """Raise BadCatalog for what makes the rest unreadable."""
        self.note(breach, message)
        self.check()


class Reader:
    """Takes values out of a JSON object; what is of another type is noted and taken for missing."""

    def __init__(self, findings: Findings, path: str, given: Mapping[str, Any]) -> None:
        self.findings, self.path, self.given = findings, path, given

    def _of(self, name: str, wanted: type | tuple[type, ...], words: str) -> Any:
        value = self.given.get(name)
        if value is None or isinstance(value, wanted):
            return value
        self.findings.note(
            Breach.TYPE,
            f"has values of {name} that are no {words}",
            f"{self.path}.{name}",
            type(value).__name__,
        )
        return None

    def text(self, name: str) -> str:
        """Return a text; empty if there is none. NUL, which no database keeps, is left out."""
        value: str = self._of(name, str, "text") or ""
        return value.replace("\0", "")

    def flag(self, name: str) -> bool:
        """Return a truth value; False if there is none."""
        return bool(self._of(name, bool, "truth value"))

    def inner(self, name: str) -> "Reader":
        """Return an object; an empty one if there is none."""
        return Reader(self.findings, f"{self.path}.{name}", self._of(name, dict, "object") or {})

    def objects(self, name: str) -> Iterator[tuple[str, "Reader"]]:
        """Yield the objects in an object, each with its key."""
        inner = self.inner(name)
        for key, value in inner.given.items():
            if value is not None:
                yield key, inner.inner(key)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts of a list; a single text is a list of one."""
        value = self._of(name, (list, str), "list of texts") or []
        every = [value] if isinstance(value, str) else value
        return tuple(dict.fromkeys(each for each in every if isinstance(each, str) and each.strip()))


def read_project(manifest: tuple[str, Path], catalog: tuple[str, Path] | None = None) -> Project:
    """Read a project. Each file is its name, as people know it, and where it is.

    Raises:
        BadCatalog: A file is not what it should be; see `Breach`.
    """
    told = _loaded(*manifest, "manifest")
    warehouse = _loaded(*catalog, "catalog") if catalog is not None else None
    known = dict(_catalogued(warehouse)) if warehouse is not None else {}
    groups = {key: owner_of(group.inner("owner")) for key, group in told.objects("groups")}
    by_name = {key.rpartition(".")[2]: owner for key, owner in groups.items()}
    nodes: list[Node] = []
    for section in ("nodes", "sources", "exposures", "unit_tests"):
        for key, node in told.objects(section):
            found = _node(key, node, known.get(key), by_name)
            if found is not None:
                nodes.append(found)
    told.findings.check()
    if warehouse is not None:
        warehouse.findings.check()
    _check(told, nodes, known, warehouse)
    metadata = told.inner("metadata")
    left_out = {name: len(told.inner(name).given) for name in NOT_READ if told.inner(name).given}
    adapter = metadata.text("adapter_type").lower()
    return Project(metadata.text("project_name"), adapter, tuple(sorted(nodes, key=_id)), left_out)


def _id(node: Node) -> str:
    return node.id


def _loaded(name: str, path: Path, artifact: str) -> Reader:
    """Return the whole of an artifact, of a version that is known."""
    findings = Findings(name)
    if path.stat().st_size > MAX_BYTES:
        findings.stop(Breach.TOO_LARGE, f"has more than {MAX_BYTES:,} bytes, which are at most taken")
    try:
        value = orjson.loads(path.read_bytes().removeprefix(codecs.BOM_UTF8))
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        findings.stop(Breach.NOT_JSON, f"is no whole JSON object; write it anew with dbt: {COMPILE}")
    whole = Reader(findings, "", value)
    named = whole.inner("metadata").text("dbt_schema_version")
    match = SCHEMA.search(named)
    if match is None or match["artifact"] != artifact or match["version"] not in VERSIONS[artifact]:
        taken = " or ".join(f"v{version}" for version in VERSIONS[artifact])
        said = (
            f"says that it is {named!r}" if named else "does not say what it is in metadata.dbt_schema_version"
        )
        findings.stop(
            Breach.UNKNOWN_VERSION,
            f"{said}; a {artifact} of version {taken} is read, which dbt 1.8 to 1.10 write",
        )
    for section in ("nodes", "sources"):
        if section not in whole.given:
            findings.note(Breach.MISSING, f"has no {section}", section)
    findings.check()
    return whole


@dataclass(frozen=True, slots=True)
class Catalogued:
    """What the warehouse has under the name of a node."""

    type: str
    owner: str
    comment: str
    columns: tuple[NodeColumn, ...]


def _catalogued(catalog: Reader) -> Iterator[tuple[str, Catalogued]]:
    for section in ("nodes", "sources"):
        for key, node in catalog.objects(section):
            columns = sorted(
                (
                    (
                        column.given.get("index") if isinstance(column.given.get("index"), int) else 0,
                        place,
                        name,
                        column,
                    )
                    for place, (name, column) in enumerate(node.objects("columns"))
                ),
                key=lambda each: each[:2],
            )
            metadata = node.inner("metadata")
            yield (
                key,
                Catalogued(
                    metadata.text("type").upper(),
                    metadata.text("owner"),
                    metadata.text("comment"),
                    tuple(
                        NodeColumn(
                            column.text("name") or name,
                            column.text("type") or None,
                            column.text("comment"),
                            in_warehouse=True,
                        )
                        for _, _, name, column in columns
                    ),
                ),
            )


def _node(key: str, node: Reader, there: Catalogued | None, groups: Mapping[str, str]) -> Node | None:
    """Return a node; None for what is none of ours, such as an operation or an analysis."""
    resource = node.text("resource_type")
    if not resource:
        node.findings.note(Breach.MISSING, "has nodes without resource_type", f"{node.path}.resource_type")
        return None
    if resource not in set(ResourceType):
        return None
    kind, config = ResourceType(resource), node.inner("config")
    materialized = config.text("materialized")
    group = node.text("group") or config.text("group")
    warehouse_owner = there.owner if there is not None else ""
    owners = (*_owners(node), *filter(None, (groups.get(group, ""), warehouse_owner)))
    is_relation = kind not in {ResourceType.TEST, ResourceType.UNIT_TEST, ResourceType.EXPOSURE}
    return Node(
        id=key,
        type=kind,
        path=node.text("original_file_path"),
        relation=(node.text("relation_name") or None) if is_relation else None,
        sql=node.text("compiled_code") or None,
        language=node.text("language") or "sql",
        ephemeral=materialized == "ephemeral",
        is_view="VIEW" in there.type if there is not None else "view" in materialized,
        description=node.text("description").strip() or (there.comment.strip() if there is not None else ""),
        owners=tuple(dict.fromkeys(owners)),
        tags=tuple(dict.fromkeys((*node.texts("tags"), *config.texts("tags")))),
        columns=tuple(_columns(node, there)),
        in_catalog=there is not None,
        needs=node.inner("depends_on").texts("nodes"),
        snapshot=_snapshot(config) if kind is ResourceType.SNAPSHOT else None,
    )


def owner_of(owner: Reader) -> str:
    """Return an owner's name, or the address if there is none.

    An owner may be a list of addresses.
    """
    return owner.text("name") or ", ".join(owner.texts("email"))


def _owners(node: Reader) -> Iterator[str]:
    """Yield who owns a node: as exposures say it, and as others do by custom, in `meta`."""
    if isinstance(node.given.get("owner"), dict):
        yield from filter(None, [owner_of(node.inner("owner"))])
    for meta in (node.inner("meta"), node.inner("config").inner("meta")):
        owner = meta.given.get("owner")
        if isinstance(owner, str | list):
            yield from meta.texts("owner")


def _columns(node: Reader, there: Catalogued | None) -> Iterator[NodeColumn]:
    """Yield the columns of the warehouse, with what the project says of them, then those that only it has."""
    documented = {name.lower(): (name, column) for name, column in node.objects("columns")}
    for column in there.columns if there is not None else ():
        _, said = documented.pop(column.name.lower(), ("", None))
        if said is None:
            yield column
        else:
            described = said.text("description").strip() or column.description
            yield NodeColumn(column.name, column.data_type, described, _tags(said), in_warehouse=True)
    for name, said in documented.values():
        shown = said.text("name") or name
        yield NodeColumn(
            shown,
            said.text("data_type") or None,
            said.text("description").strip(),
            _tags(said),
            said.flag("quote"),
        )


def _tags(column: Reader) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*column.texts("tags"), *column.inner("config").texts("tags"))))


def _snapshot(config: Reader) -> Snapshot:
    named = config.inner("snapshot_meta_column_names")
    return Snapshot(
        config.texts("unique_key"),
        config.text("updated_at") or None,
        {column: named.text(column) or column for column in SNAPSHOT_COLUMNS},
    )


def _check(told: Reader, nodes: list[Node], known: Mapping[str, Catalogued], warehouse: Reader | None) -> None:
    """Refuse a project that says nothing, or whose catalog is another one's."""
    findings = told.findings
    if not nodes:
        findings.stop(Breach.EMPTY, "has no models, seeds, snapshots or sources")
    models = [node for node in nodes if node.type is ResourceType.MODEL and node.language == "sql"]
    if models and not any(node.sql for node in models):
        findings.stop(
            Breach.NOT_COMPILED, f"holds no compiled SQL: it was written without compiling. {COMPILE}"
        )
    if warehouse is not None and known and not any(node.in_catalog for node in nodes):
        words = f"tells of none of the nodes of {findings.file}: give the two that dbt wrote of one project"
        warehouse.findings.stop(Breach.OTHER_PROJECT, words)
