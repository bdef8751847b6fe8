"""Tags that flow, read from the database: where each is set, what is clean of it, and what it reaches."""

import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, exists
from sqlmodel import col, select

from db.catalog import chunks
from db.filters import folded_value
from db.graphs import Graphs
from db.lineage import Annotation, Asset, AssetFact, ColumnFact, seen
from db.session import Session
from db.tag_flow import Flow, Reached, Said
from db.tag_policies import Policy, policies_at
from db.walk import Node, Step

MAX_WAY = 50  # edges of a way that are told
TAG, CLEAN = "tag", "clean_of"  # kinds of annotations


@dataclass(frozen=True, slots=True)
class State:
    """The graph of a workspace at a revision, and for how many seconds it may be walked."""

    graphs: Graphs
    workspace: str
    at: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Flowing:
    """What a column has of a tag, where the tag is set, and the way from there."""

    policy: Policy
    reached: Reached
    origin: Node
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Spread:
    """What a tag reaches in a workspace at a revision; without a policy by which it flows, where it is set."""

    policy: Policy | None
    said: Said
    flow: Flow


def spread_of(session: Session, state: State, tag: str) -> Spread:
    """What a tag reaches. Cost: three queries, and a walk over arrays for each marking."""
    workspace, at = state.workspace, state.at
    policy = next(iter(policies_at(session, workspace, at, [tag])), None)
    said = said_of(session, workspace, [tag], at).get(folded_value(tag), Said())
    assets = {node.asset_pk for node in said.origins}
    ground = state.graphs.ground(session, workspace, assets, at, state.seconds)
    rule = policy.rule if policy is not None and policy.flows else None
    return Spread(policy, said, Flow(ground, rule, said, state.seconds))


def said_of(session: Session, workspace: str, tags: Collection[str], at: int) -> Mapping[str, Said]:
    """By folded tag where it is set, and what is clean of it, as far as readers see that. Cost: one query.

    A word about a column that there is no more says nothing.
    """
    there = exists().where(col(AssetFact.asset_pk) == col(Annotation.asset_pk), seen(AssetFact, at))
    whole = and_(col(Annotation.column_pk).is_(None), there)
    column = exists().where(col(ColumnFact.column_pk) == col(Annotation.column_pk), seen(ColumnFact, at))
    query = (
        select(Annotation.folded, Annotation.kind, Annotation.asset_pk, Annotation.column_pk)
        .where(
            Annotation.workspace == workspace,
            col(Annotation.kind).in_((TAG, CLEAN)),
            col(Annotation.folded).in_({folded_value(tag) for tag in tags}),
            seen(Annotation, at),
        )
        .where(whole | column)
    )
    found: defaultdict[tuple[str, str], set[Node]] = defaultdict(set)
    for folded, kind, asset_pk, column_pk in session.execute(query):
        found[folded, kind].add(Node(asset_pk, column_pk))
    return {
        folded: Said(frozenset(found.get((folded, TAG), ())), frozenset(found.get((folded, CLEAN), ())))
        for folded, _ in list(found)
    }


def workspaces_of(session: Session, asset_pks: Collection[UUID]) -> Mapping[UUID, str]:
    """Whose these assets are."""
    query = select(Asset.pk, Asset.workspace)
    return {
        pk: workspace
        for some in chunks(asset_pks)
        for pk, workspace in session.execute(query.where(col(Asset.pk).in_(some)))
    }


def tags_flowing_into(
    session: Session, state: State, columns: Collection[Node]
) -> Mapping[Node, Sequence[Flowing]] | None:
    """For each column the tags that flow into it or are set on it, of those that flow, by tag.

    None if there was not time enough to walk all of the graph: some might be missing. Cost: three queries, and
    for each tag that flows a walk over arrays for each marking.
    """
    deadline, workspace, at = time.monotonic() + state.seconds, state.workspace, state.at
    policies = [policy for policy in policies_at(session, workspace, at) if policy.flows]
    said = said_of(session, workspace, [policy.tag for policy in policies], at) if policies else {}
    policies = [policy for policy in policies if said.get(policy.folded, Said()).origins]
    found: defaultdict[Node, list[Flowing]] = defaultdict(list)
    if policies:
        assets = {node.asset_pk for policy in policies for node in said[policy.folded].origins}
        ground = state.graphs.ground(session, workspace, assets, at, state.seconds)
        for policy in policies:
            flow = Flow(ground, policy.rule, said[policy.folded], deadline - time.monotonic())
            if not flow.complete:
                return None
            told = [reached for reached in map(flow.of, columns) if reached is not None]
            for reached, (origin, steps) in zip(told, flow.ways(told, MAX_WAY), strict=True):
                found[reached.node].append(Flowing(policy, reached, origin, steps))
    return {column: found.get(column, []) for column in columns}
