"""What people say of tags themselves: which of them flow along edges, and what stops them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from db.annotations import PEOPLE
from db.assertions import Change, Row, ensure_source, write_changes
from db.filters import folded_value
from db.lineage import TagPolicy, identity, seen
from db.revisions import hold_workspace, open_revision
from db.session import Session

MAX_POLICIES = 50  # of a workspace: each is a walk or more for whoever asks what flows


@dataclass(frozen=True, slots=True)
class Rule:
    """What stops a tag on its way, and whether it travels along influence, too."""

    stopped_by_masking: bool = True
    stopped_by_aggregation: bool = True
    include_influence: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """Whether a tag flows, and how; who said so, and why."""

    tag: str
    flows: bool
    rule: Rule
    author: str
    reason: str

    @property
    def folded(self) -> str:
        """What annotations with this tag are found by, however they spell it."""
        return folded_value(self.tag)


def policies_at(
    session: Session, workspace: str, at: int, tags: Collection[str] | None = None
) -> Sequence[Policy]:
    """The policies of a workspace at a revision, by tag; of these tags alone, if some are named."""
    query = select(TagPolicy).where(TagPolicy.workspace == workspace, seen(TagPolicy, at))
    if tags is not None:
        query = query.where(col(TagPolicy.folded).in_({folded_value(tag) for tag in tags}))
    rows = session.scalars(query.order_by(col(TagPolicy.folded))).all()
    return [_policy(row) for row in rows]


def _policy(row: TagPolicy) -> Policy:
    rule = Rule(row.stopped_by_masking, row.stopped_by_aggregation, row.include_influence)
    return Policy(row.tag, row.flows, rule, row.author, row.reason)


def put_policy(session: Session, workspace: str, policy: Policy) -> bool:
    """Let a policy hold from a new revision on, in the place of the tag's policy before it.

    False, and nothing written, while a run reserves a revision. The same policy again makes none: it keeps who
    said so first, and why.
    """
    hold_workspace(session, workspace)
    before = _held(session, workspace, policy.tag)
    told = [_policy(row) for row in before]
    if any((each.tag, each.flows, each.rule) == (policy.tag, policy.flows, policy.rule) for each in told):
        return True
    revision = open_revision(session, workspace)
    if revision is None:
        return False
    row = _row(workspace, policy, ensure_source(session, workspace, PEOPLE), revision)
    closed = [Change(TagPolicy, closes=each.pk) for each in before]
    write_changes(session, [*closed, Change(TagPolicy, row)], revision)
    return True


def drop_policy(session: Session, workspace: str, tag: str) -> bool:
    """Let a tag have no policy from a new revision on; False, as above. If it has none, nothing is written."""
    hold_workspace(session, workspace)
    before = _held(session, workspace, tag)
    revision = open_revision(session, workspace) if before else 0
    if revision is None:
        return False
    write_changes(session, [Change(TagPolicy, closes=each.pk) for each in before], revision)
    return True


def _held(session: Session, workspace: str, tag: str) -> Sequence[TagPolicy]:
    query = select(TagPolicy).where(
        TagPolicy.workspace == workspace,
        TagPolicy.folded == folded_value(tag),
        col(TagPolicy.until).is_(None),
    )
    return session.scalars(query).all()


def _row(workspace: str, policy: Policy, source_pk: UUID, revision: int) -> Row:
    fact = identity("tag_policy", source_pk.hex, policy.folded)
    return {
        "pk": identity("assertion", fact.hex, str(revision)),
        "fact": fact,
        "workspace": workspace,
        "source_pk": source_pk,
        "since": revision,
        "tag": policy.tag,
        "folded": policy.folded,
        "flows": policy.flows,
        "stopped_by_masking": policy.rule.stopped_by_masking,
        "stopped_by_aggregation": policy.rule.stopped_by_aggregation,
        "include_influence": policy.rule.include_influence,
        "author": policy.author,
        "reason": policy.reason,
    }
