"""Policies of tags: which of them flow along edges, and what stops them."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from db.models import MAIN_WORKSPACE
from db.revisions import head_of, hold_workspace
from db.session import Session
from db.tag_policies import MAX_POLICIES, Policy, Rule, drop_policy, policies_at, put_policy
from graph.arguments import AsOfArgument, Workspace, revision_of
from graph.context import Info
from graph.refusals import ForbiddenRefusal, InvalidParamsRefusal, NotFoundRefusal, WorkspaceBusyRefusal
from jobs.errors import InvalidParams, UnknownTag, UnknownWorkspace, WorkspaceBusy

MAX_TAG = 200  # characters, as many as a tag may have that somebody sets
MAX_REASON = 1_000


@strawberry.type(description="Whether a tag flows along the edges of a workspace, and what stops it.")
class TagPolicy:
    tag: str = strawberry.field(description="The tag, as whoever made the policy spelled it.")
    flows: bool = strawberry.field(description="Whether it flows at all.")
    stopped_by_masking: bool = strawberry.field(
        description="Whether it ends where a value is hashed or masked; else that is derived of it."
    )
    stopped_by_aggregation: bool = strawberry.field(
        description="Whether it ends where values of many rows are put together; else that is derived of it."
    )
    include_influence: bool = strawberry.field(
        description="Whether it flows along indirect edges, too: into what it decides about."
    )
    author: str = strawberry.field(description="Who said so.")
    reason: str = strawberry.field(description="Why; may be empty.")

    @classmethod
    def of(cls, policy: Policy) -> "TagPolicy":
        return cls(
            tag=policy.tag,
            flows=policy.flows,
            stopped_by_masking=policy.rule.stopped_by_masking,
            stopped_by_aggregation=policy.rule.stopped_by_aggregation,
            include_influence=policy.rule.include_influence,
            author=policy.author,
            reason=policy.reason,
        )


@strawberry.input(description="Whether a tag flows, and what stops it.")
class TagPolicyInput:
    tag: str = strawberry.field(description="The tag; capitals do not matter.")
    flows: bool = strawberry.field(default=True, description="Whether it flows at all.")
    stopped_by_masking: bool = strawberry.field(
        default=True, description="Whether it ends where a value is hashed or masked."
    )
    stopped_by_aggregation: bool = strawberry.field(
        default=True, description="Whether it ends where values of many rows are put together."
    )
    include_influence: bool = strawberry.field(
        default=False, description="Whether it flows along indirect edges, too."
    )
    reason: str = strawberry.field(default="", description="Why, for those who read it later.")


@strawberry.type(description="A tag has no policy any more, and does not flow.")
class TagPolicyRemoved:
    tag: str = strawberry.field(description="The tag, as its policy spelled it.")


TagPolicySetting = Annotated[
    TagPolicy | InvalidParamsRefusal | NotFoundRefusal | ForbiddenRefusal | WorkspaceBusyRefusal,
    strawberry.union("SetTagPolicyResult", description="The policy as it is now, or why nothing was changed."),
]
TagPolicyRemoval = Annotated[
    TagPolicyRemoved | InvalidParamsRefusal | NotFoundRefusal | ForbiddenRefusal | WorkspaceBusyRefusal,
    strawberry.union("RemoveTagPolicyResult", description="That it is gone, or why it is not."),
]


def hold(session: Session, workspace: str) -> None:
    """Keep a workspace as it is for this transaction, to look and then to write.

    Raises:
        UnknownWorkspace, WorkspaceBusy: There is none, or it is being cleared.
    """
    being_cleared = hold_workspace(session, workspace)
    if being_cleared is None:
        raise UnknownWorkspace(hint="Leave workspace out to use the first one.")
    if being_cleared:
        raise WorkspaceBusy("The workspace is being cleared.", hint="Try again in a moment.")


def busy() -> WorkspaceBusy:
    return WorkspaceBusy("A run is changing the graph.", hint="Try again when it has ended.")


def checked_tag(field: str, tag: str) -> str:
    """A tag without the blanks around it.

    Raises:
        InvalidParams: It is empty or too long, or cannot be shown.
    """
    if not 1 <= len(tag.strip()) <= MAX_TAG:
        raise InvalidParams(field, f"must have 1 to {MAX_TAG} characters")
    if not tag.isprintable():
        raise InvalidParams(field, "holds characters that cannot be shown")
    return tag.strip()


def policy_of(given: TagPolicyInput, author: str) -> Policy:
    """A policy as it is kept.

    Raises:
        InvalidParams: The tag is none, or the reason is too long.
    """
    if len(given.reason) > MAX_REASON:
        raise InvalidParams("policy.reason", f"has more than {MAX_REASON:,} characters")
    rule = Rule(given.stopped_by_masking, given.stopped_by_aggregation, given.include_influence)
    return Policy(checked_tag("policy.tag", given.tag), given.flows, rule, author, given.reason)


def policy_named(session: Session, workspace: str, tag: str) -> Policy:
    """The policy of a tag at the head.

    Raises:
        UnknownTag: There is none.
    """
    found = policies_at(session, workspace, head_of(session, workspace), [tag])
    if not found:
        raise UnknownTag(f"There is no policy for the tag {tag!r}.", hint="Ask tagPolicies which there are.")
    return found[0]


@strawberry.type
class TagPolicyQuery:
    @strawberry.field(description="The policies of tags, by tag; 50 at most. A tag without one does not flow.")
    async def tag_policies(
        self, info: Info, workspace: Workspace = MAIN_WORKSPACE, as_of: AsOfArgument = None
    ) -> list[TagPolicy]:
        def read(session: Session) -> Sequence[Policy]:
            return policies_at(session, workspace, revision_of(session, workspace, as_of))

        return [TagPolicy.of(policy) for policy in await info.context.desk.store.read(read)]


@strawberry.type
class TagPolicyMutation:
    @strawberry.mutation(
        description="Say whether a tag flows along edges, and what stops it: for editors. It takes the place "
        "of the tag's policy before, and makes a revision of the graph; BUSY while a run is writing one."
    )
    async def set_tag_policy(
        self,
        info: Info,
        policy: Annotated[TagPolicyInput, strawberry.argument(description="The policy.")],
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> TagPolicySetting:
        wanted = policy_of(policy, info.context.principal.name)

        def work(session: Session) -> Policy:
            hold(session, workspace)
            held = policies_at(session, workspace, head_of(session, workspace))
            others = [each for each in held if each.folded != wanted.folded]
            if len(others) >= MAX_POLICIES:
                problem = f"would be one policy too many: there may be {MAX_POLICIES}"
                raise InvalidParams("policy.tag", problem, hint="Remove those of tags that need not flow.")
            if not put_policy(session, workspace, wanted):
                raise busy()
            return policy_named(session, workspace, wanted.tag)

        return TagPolicy.of(await info.context.desk.store.write(work))

    @strawberry.mutation(
        description="Let a tag have no policy any more, so that it does not flow: for editors. It makes a "
        "revision of the graph; BUSY while a run is writing one."
    )
    async def remove_tag_policy(
        self,
        info: Info,
        tag: Annotated[str, strawberry.argument(description="The tag; capitals do not matter.")],
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> TagPolicyRemoval:
        name = checked_tag("tag", tag)

        def work(session: Session) -> Policy:
            hold(session, workspace)
            held = policy_named(session, workspace, name)
            if not drop_policy(session, workspace, name):
                raise busy()
            return held

        return TagPolicyRemoved(tag=(await info.context.desk.store.write(work)).tag)
