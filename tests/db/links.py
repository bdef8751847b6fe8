"""Small graphs for tests of walks: links as rows, and the search that a walk is held to, without SQL."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypeVar
from uuid import UUID

from hypothesis import strategies as st

from db.assertions import ensure_source
from db.columns import fold_case
from db.filters import AssetFilter, schema_of
from db.lineage import Asset, AssetColumn, AssetFact, Definition, Edge, Evidence, identity
from db.revisions import insert_rows
from db.session import Session, engine_for_writes
from db.walk import DEPENDENCY, Direction, Level, Node, Route

T = TypeVar("T")
ASSETS = [identity("asset", str(number)) for number in range(5)]
NAMES = {pk: f"s{number % 2}.t{number}" for number, pk in enumerate(ASSETS)}
COLUMNS = {(asset, name): identity("column", asset.hex, name) for asset in ASSETS for name in "abc"}
NODES = [*map(Node, ASSETS), *(Node(asset, pk) for (asset, _), pk in COLUMNS.items())]


@dataclass(frozen=True, slots=True)
class Link:
    """An edge, and the revisions from which and up to which it is believed."""

    source: Node
    target: Node
    kind: str
    life: tuple[int, int | None]
    subtype: str = "identity"

    @property
    def pk(self) -> UUID:
        return identity("edge", str(self))

    @property
    def pair(self) -> tuple[UUID, UUID]:
        return self.source.asset_pk, self.target.asset_pk

    def seen(self, at: int) -> bool:
        since, until = self.life
        return since <= at and (until is None or until > at)


NODE = st.sampled_from(NODES)
LIFE = st.sampled_from([(1, None), (2, None), (1, 2)])
KIND = st.sampled_from(["direct", "indirect"])
WHOLE = st.sampled_from(NODES[: len(ASSETS)])
LINK = st.builds(Link, NODE, NODE, KIND, LIFE)
NEED = st.builds(Link, WHOLE, WHOLE, st.just("indirect"), LIFE, st.just(DEPENDENCY))
LINKS = st.lists(st.one_of(LINK, LINK, LINK, NEED), max_size=16, unique=True)
ONLY = st.sampled_from(
    [
        None,
        None,
        AssetFilter(schemas=frozenset({"S0"})),
        AssetFilter(excluded_schemas=frozenset({"s0"}), kinds=frozenset({"table"})),
        AssetFilter(name="s*1"),
    ]
)
ROUTES = st.builds(
    Route,
    at=st.sampled_from([1, 2]),
    direction=st.sampled_from(Direction),
    level=st.sampled_from(Level),
    kinds=st.sampled_from([frozenset(), frozenset({"direct"}), frozenset({"indirect"})]),
    only=ONLY,
)
STARTS = st.lists(NODE, min_size=1, max_size=2)


@contextmanager
def opened(url: str) -> Iterator[Session]:
    """A transaction with assets and columns, which is undone."""
    engine = engine_for_writes(url)
    with Session(engine) as session:
        plant_names(session)
        yield session
        session.rollback()
    engine.dispose()


def plant_names(session: Session) -> None:
    """Write the assets and columns that links are between."""
    born = {"workspace": "main", "born": 1}
    assets = [
        {"pk": pk, "namespace": "n", "name_key": name, "name": name, "folded": fold_case(name), **born}
        for pk, name in NAMES.items()
    ]
    insert_rows(session, Asset, assets)
    columns = [
        {"pk": pk, "asset_pk": asset, "name_key": name, "name": name, "folded": name, **born}
        for (asset, name), pk in COLUMNS.items()
    ]
    insert_rows(session, AssetColumn, columns)
    insert_rows(session, Definition, [{"pk": identity("definition"), "body": "", **born}])
    ensure_source(session, "main", "test")
    insert_rows(session, AssetFact, [{**_said(pk, (1, None)), **_shown(pk)} for pk in ASSETS])


def plant_links(session: Session, links: Collection[Link]) -> None:
    """Write edges, and why they are believed."""
    insert_rows(session, Edge, [_edge_row(link) for link in links])
    insert_rows(session, Evidence, [_evidence_row(link) for link in links])


def with_links(session: Session, links: Collection[Link], work: Callable[[], T]) -> T:
    """What `work` returns while the graph has these links alone."""
    point = session.begin_nested()
    plant_links(session, links)
    found = work()
    session.expunge_all()
    point.rollback()
    return found


def _said(pk: UUID, life: tuple[int, int | None]) -> dict[str, object]:
    return {
        "pk": identity("said", pk.hex),
        "fact": identity("fact", pk.hex),
        "workspace": "main",
        "source_pk": identity("source", "main", "test"),
        "since": life[0],
        "until": life[1],
    }


def _kind(pk: UUID) -> str:
    return "view" if NAMES[pk] == "s1.t1" else "table"


def _shown(pk: UUID) -> dict[str, object]:
    return {"asset_pk": pk, "kind": _kind(pk), "columns_complete": True, "definition_pk": None}


def _edge_row(link: Link) -> dict[str, object]:
    return {
        "pk": link.pk,
        "workspace": "main",
        "source_asset_pk": link.source.asset_pk,
        "source_column_pk": link.source.column_pk,
        "target_asset_pk": link.target.asset_pk,
        "target_column_pk": link.target.column_pk,
        "kind": link.kind,
        "subtype": link.subtype,
        "masking": link.life == (1, None),
        "born": 1,
    }


def _evidence_row(link: Link) -> dict[str, object]:
    words = {"origin": "parsed", "definition_pk": identity("definition"), "start": 0, "end": 0, "note": ""}
    return {**_said(link.pk, link.life), **words, "edge_pk": link.pk}


def wanted(route: Route, pk: UUID) -> bool:
    """Whether a route may lead to an asset, wherever it begins."""
    return route.only is None or _fits(route.only, _kind(pk), NAMES[pk])


def _fits(wanted: AssetFilter, kind: str, name: str) -> bool:
    """What `db.filters.conditions` has to say of an asset, said in another way."""
    schema = schema_of(name)
    return (
        wanted.namespaces <= {"n"}
        and (not wanted.kinds or kind in wanted.kinds)
        and (not wanted.schemas or schema in {each.lower() for each in wanted.schemas})
        and schema not in wanted.excluded_schemas
        and (fnmatchcase(name, wanted.name) if "*" in wanted.name else wanted.name in name)
    )


def followed(links: Collection[Link], start: Collection[Node], route: Route) -> list[Link]:
    """The links that a route may follow from somewhere."""
    seen = [link for link in links if link.seen(route.at)]
    finer = {link.pair for link in seen if link.subtype != DEPENDENCY}
    begun = {node.asset_pk for node in start}

    return [
        link
        for link in seen
        if (not route.kinds or link.kind in route.kinds)
        and (route.level is Level.ASSET or link.subtype != DEPENDENCY or link.pair not in finer)
        and (
            (far := link.pair[0 if route.direction is Direction.UPSTREAM else 1]) in begun or wanted(route, far)
        )
    ]


def searched(
    links: Collection[Link], start: list[Node], route: Route, depth: int
) -> tuple[dict[Node, int], set[UUID]]:
    """The reference: nodes with their distance, and the edges that lead to them, found without SQL."""
    flat = route.level is Level.ASSET
    depths = {Node(node.asset_pk) if flat else node: 0 for node in start}
    layer, expanded, edges = list(depths), set(depths), set()
    for distance in range(1, depth + 1):
        following: list[Node] = []
        for link in sorted(followed(links, start, route), key=lambda each: each.pk.int):
            upstream = route.direction is Direction.UPSTREAM
            far, near = (link.source, link.target) if upstream else (link.target, link.source)
            far, near = (Node(far.asset_pk), Node(near.asset_pk)) if flat else (far, near)
            leads_on = any(
                node.asset_pk == near.asset_pk
                and (node == near or node.column_pk is None or near.column_pk is None)
                for node in layer
            )
            if leads_on and far != near:
                edges.add(link.pk)
                depths[near] = min(distance - 1, depths.get(near, distance))
                depths.setdefault(far, distance)
                following.append(far)
        layer = [node for node in dict.fromkeys(following) if node not in expanded]
        expanded.update(layer)
    return depths, edges
