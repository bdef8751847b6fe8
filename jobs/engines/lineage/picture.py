"""From assets and what flows between them to the nodes of a file that front ends load."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from jobs.engines.lineage.classify import DEFAULT_PATTERNS, Patterns, classify
from jobs.engines.lineage.frontend import OBJECT_TYPES, Neighbours, Node, ids_of, neighbours_of

Pk = TypeVar("Pk", bound=Hashable)  # what assets and definitions are known by where they are kept


@dataclass(frozen=True, slots=True)
class Shown(Generic[Pk]):
    """An asset as readers see it; `key` is unique among those of a file."""

    pk: Pk
    namespace: str
    key: str
    name: str
    kind: str
    description: str
    explained: bool
    definition_pk: Pk | None


@dataclass(frozen=True, slots=True)
class Picture(Generic[Pk]):
    """The assets of a file in order, each with its id, and what is beside each."""

    assets: Sequence[tuple[str, Shown[Pk]]]
    neighbours: Neighbours

    @property
    def edge_count(self) -> int:
        return sum(map(len, self.neighbours.inputs.values()))


def picture_of(assets: Iterable[Shown[Pk]], pairs: Iterable[tuple[Pk, Pk]]) -> Picture[Pk]:
    """Put assets in the order of their ids, and tell what is beside each.

    Args:
        assets: Those of other kinds than front ends know are left out.
        pairs: Source and target by `pk`; those with an end that is left out are left out too.

    Cost: as sorting.
    """
    known = [asset for asset in assets if asset.kind in OBJECT_TYPES]
    ids = ids_of((asset.key, asset.name) for asset in known)
    by_pk = {asset.pk: ids[asset.key] for asset in known}
    beside = ((by_pk[source], by_pk[target]) for source, target in pairs if source in by_pk and target in by_pk)
    ordered = sorted(((ids[asset.key], asset) for asset in known), key=lambda pair: pair[0])
    return Picture(ordered, neighbours_of(beside))


def nodes_of(
    some: Iterable[tuple[str, Shown[Pk]]],
    picture: Picture[Pk],
    definitions: Mapping[Pk, str],
    patterns: Patterns = DEFAULT_PATTERNS,
) -> Iterator[Node]:
    """Some assets of a picture as nodes, with those definitions that are given."""
    for name, asset in some:
        yield Node(
            id=name,
            object_type=OBJECT_TYPES[asset.kind],
            description=asset.description,
            model_type=classify(name, patterns),
            inputs=tuple(picture.neighbours.inputs.get(name, ())),
            outputs=tuple(picture.neighbours.outputs.get(name, ())),
            explained=asset.explained,
            definition=None if asset.definition_pk is None else definitions.get(asset.definition_pk),
        )
