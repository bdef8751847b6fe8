"""From what the graph holds to the nodes of a file: pure functions over values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from jobs.engines.lineage.classify import Patterns, classify
from jobs.engines.lineage.frontend import OBJECT_TYPES, Neighbours, Node, ids_of, neighbours_of
from jobs.pipelines.export.values import NamespaceNeeded

NAMED = 10  # namespaces in the words of an error


@dataclass(frozen=True, slots=True)
class Shown:
    """An asset as readers see it."""

    pk: UUID
    namespace: str
    key: str
    name: str
    kind: str
    description: str
    explained: bool
    definition_pk: UUID | None


@dataclass(frozen=True, slots=True)
class Picture:
    """The assets of a file in order, each with its id, and what is beside each."""

    assets: Sequence[tuple[str, Shown]]
    neighbours: Neighbours

    @property
    def edge_count(self) -> int:
        return sum(map(len, self.neighbours.inputs.values()))


def chosen(assets: Iterable[Shown], namespace: str | None) -> list[Shown]:
    """The tables, views, procedures and functions of one namespace.

    Raises:
        NamespaceNeeded: There are several and none was chosen, or there is no such namespace.
    """
    nodes = [asset for asset in assets if asset.kind in OBJECT_TYPES]
    there = sorted({asset.namespace for asset in nodes})
    hint = f"There are: {', '.join(there[:NAMED])}{', …' if len(there) > NAMED else ''}."
    if namespace is None and len(there) > 1:
        raise NamespaceNeeded(f"The graph has {len(there)} namespaces, and a file holds one.", hint=hint)
    if namespace is not None and there and namespace not in there:
        raise NamespaceNeeded(f"The graph has no namespace {namespace!r}.", hint=hint)
    return [asset for asset in nodes if namespace in {None, asset.namespace}]


def picture_of(assets: Sequence[Shown], pairs: Iterable[tuple[UUID, UUID]]) -> Picture:
    """Put assets in the order of their ids, and tell what is beside each. Cost: as sorting."""
    ids = ids_of((asset.key, asset.name) for asset in assets)
    by_pk = {asset.pk: ids[asset.key] for asset in assets}
    beside = ((by_pk[source], by_pk[target]) for source, target in pairs if {source, target} <= by_pk.keys())
    ordered = sorted(((ids[asset.key], asset) for asset in assets), key=lambda pair: pair[0])
    return Picture(ordered, neighbours_of(beside))


def nodes_of(
    some: Iterable[tuple[str, Shown]], picture: Picture, definitions: Mapping[UUID, str], patterns: Patterns
) -> Iterator[Node]:
    """Some assets of a picture as nodes."""
    for name, asset in some:
        yield Node(
            id=name,
            object_type=OBJECT_TYPES[asset.kind],
            description=asset.description,
            model_type=classify(name, patterns),
            inputs=tuple(picture.neighbours.inputs.get(name, ())),
            outputs=tuple(picture.neighbours.outputs.get(name, ())),
            explained=asset.explained,
            definition=definitions.get(asset.definition_pk) if asset.definition_pk else None,
        )
