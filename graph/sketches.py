"""What a picture shows: the neighbourhood of an asset or column, read at one revision."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import orjson

from db.captions import Caption, captions_of
from db.catalog import AssetView, ColumnView, assets_by_pk, columns_of
from db.session import Session
from db.walk import Bounds, Direction, Level, Node, Route, Step, walk
from jobs.engines.drawing.values import Arrow, Card, End, Picture, Reason, Row
from jobs.engines.lineage.values import EdgeKind

MAX_ARROWS = 1_500  # drawn; direct ones first
EXPRESSION_SIGNS = 300
WALK_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Sight:
    """What is looked at: from where, which ways, how far, and at which revision."""

    root: Node
    at: int
    directions: tuple[Direction, ...]
    level: Level
    kinds: frozenset[EdgeKind]
    depth: int
    max_nodes: int
    words: bool = True  # whether expressions are shown, to those who may see definitions


def worded(sight: Sight) -> str:
    """A sight as the words of a grant; `sight_of` reads them."""
    column = sight.root.column_pk.hex if sight.root.column_pk else None
    parts = (
        sight.root.asset_pk.hex,
        column,
        sight.at,
        sight.directions,
        sight.level,
        sorted(sight.kinds),
        sight.depth,
        sight.max_nodes,
        sight.words,
    )
    return orjson.dumps(parts).decode()


def sight_of(words: str) -> Sight:
    """What `worded` wrote.

    Raises:
        ValueError: These are other words.
    """
    asset, column, at, directions, level, kinds, depth, max_nodes, shown = orjson.loads(words)
    return Sight(
        root=Node(UUID(asset), UUID(column) if column else None),
        at=at,
        directions=tuple(map(Direction, directions)),
        level=Level(level),
        kinds=frozenset(map(EdgeKind, kinds)),
        depth=depth,
        max_nodes=max_nodes,
        words=shown is True,
    )


@dataclass(slots=True)
class Neighbourhood:
    """The nodes nearest to the root, the steps between them, and the assets behind which there is more."""

    depths: dict[Node, int] = field(default_factory=dict)
    steps: dict[UUID, Step] = field(default_factory=dict)
    more: dict[Direction, set[UUID]] = field(default_factory=lambda: {way: set() for way in Direction})

    @property
    def truncated(self) -> bool:
        return any(self.more.values())


def neighbourhood(session: Session, sight: Sight) -> Neighbourhood:
    """Walk all ways of a sight; of all that is reached, the nearest `max_nodes` nodes.

    Cost: a walk for each way.
    """
    found = Neighbourhood()
    for direction in sight.directions:
        route = Route(sight.at, direction, sight.level, frozenset(sight.kinds))
        reached = walk(session, [sight.root], route, Bounds(sight.depth, sight.max_nodes, WALK_SECONDS))
        for node, depth in reached.depths.items():
            found.depths[node] = min(depth, found.depths.get(node, depth))
        found.steps |= reached.steps
        found.more[direction] |= {node.asset_pk for node in reached.frontier}
    nearest = sorted(found.depths, key=found.depths.__getitem__)[: sight.max_nodes]
    found.depths = {node: found.depths[node] for node in nearest}
    for pk, step in list(found.steps.items()):
        if step.source in found.depths and step.target in found.depths:
            continue
        del found.steps[pk]
        if step.target in found.depths:
            found.more[Direction.UPSTREAM].add(step.target.asset_pk)
        if step.source in found.depths:
            found.more[Direction.DOWNSTREAM].add(step.source.asset_pk)
    return found


def sketched(session: Session, sight: Sight) -> Picture | None:
    """The picture of a sight; None if its root is not there at its revision.

    Cost: the walks, and six queries for each 400 nodes or edges.
    """
    found = neighbourhood(session, sight)
    pks = list(dict.fromkeys(node.asset_pk for node in found.depths))
    assets = assets_by_pk(session, pks, sight.at)
    columns = columns_of(session, pks, sight.at) if sight.level is Level.COLUMN else {}
    ends: dict[Node, End] = {}
    cards = [
        _card(assets[pk], at, columns.get(pk, ()), found, ends)
        for at, pk in enumerate(pk for pk in pks if pk in assets)
    ]
    root = Node(sight.root.asset_pk) if sight.level is Level.ASSET else sight.root
    if root not in ends:
        return None
    bundles = _bundled(found.steps.values(), ends)
    shown = bundles[:MAX_ARROWS]
    wanted = [step.edge_pks[0] for steps in shown for step in steps if len(step.edge_pks) == 1]
    captions = captions_of(session, wanted, sight.at, signs=EXPRESSION_SIGNS if sight.words else 0)
    return Picture(
        root=ends[root],
        cards=tuple(cards),
        arrows=tuple(_arrow(steps, ends, captions) for steps in shown),
        revision=sight.at,
        truncated=found.truncated,
        left_out=len(bundles) - len(shown),
    )


def _card(
    view: AssetView, at: int, columns: Sequence[ColumnView], found: Neighbourhood, ends: dict[Node, End]
) -> Card:
    """A card with the columns that take part; where each of its nodes is shown is put into `ends`."""
    ends[Node(view.pk)] = End(at)
    rows: list[Row] = []
    for column in columns:
        node = Node(view.pk, column.pk)
        if node in found.depths:
            ends[node] = End(at, len(rows))
            rows.append(Row(column.name, column.data_type))
    return Card(
        name=view.name,
        kind=view.kind,
        namespace=view.namespace,
        rows=tuple(rows),
        hidden=len(columns) - len(rows),
        more_before=view.pk in found.more[Direction.UPSTREAM],
        more_after=view.pk in found.more[Direction.DOWNSTREAM],
    )


def _bundled(steps: Iterable[Step], ends: Mapping[Node, End]) -> list[list[Step]]:
    """Steps of one kind between the same two ends in one list; direct ones first, by place."""
    bundles: defaultdict[tuple[bool, End, End], list[Step]] = defaultdict(list)
    for step in steps:
        if step.source in ends and step.target in ends:
            bundles[step.kind != EdgeKind.DIRECT, ends[step.source], ends[step.target]].append(step)
    return [bundles[key] for key in sorted(bundles)]


def _arrow(steps: Sequence[Step], ends: Mapping[Node, End], captions: Mapping[UUID, Caption]) -> Arrow:
    return Arrow(
        source=ends[steps[0].source],
        target=ends[steps[0].target],
        direct=steps[0].kind == EdgeKind.DIRECT,
        masking=all(step.masking for step in steps),
        reasons=tuple(_reason(step, captions) for step in steps),
    )


def _reason(step: Step, captions: Mapping[UUID, Caption]) -> Reason:
    if len(step.edge_pks) > 1:
        return Reason(f"{len(step.edge_pks):,} edges between columns")
    caption = captions.get(step.edge_pks[0])
    if caption is None:
        return Reason(step.subtype or "")
    return Reason(step.subtype or "between columns", caption.expression, f"{caption.text_name}:{caption.line}")
