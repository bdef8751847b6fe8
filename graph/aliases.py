"""Namespaces that are one by two names: listed, joined and parted."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from db.aliases import MAX_ALIASES, Alias, aliases_at, drop_alias, put_alias
from db.models import MAIN_WORKSPACE
from db.revisions import head_of, hold_workspace
from db.session import Session
from graph.arguments import AsOfArgument, Workspace, revision_of
from graph.context import Info
from graph.refusals import ForbiddenRefusal, InvalidParamsRefusal, WorkspaceBusyRefusal
from jobs.errors import InvalidParams, WorkspaceBusy

MAX_NAME = 500
MAX_REASON = 1_000


@strawberry.type(description="A namespace that is another one by a second name.")
class NamespaceAlias:
    alias: str = strawberry.field(description="The second name: what sources say in it is said of the other.")
    prefix: str = strawberry.field(
        description="Only names that begin with this and a dot are meant, and lose it; empty: all names."
    )
    namespace: str = strawberry.field(description="The namespace by its first name.")
    author: str = strawberry.field(description="Who said so.")
    reason: str = strawberry.field(description="Why; may be empty.")

    @classmethod
    def of(cls, alias: Alias) -> "NamespaceAlias":
        return cls(
            alias=alias.alias,
            prefix=alias.prefix,
            namespace=alias.namespace,
            author=alias.author,
            reason=alias.reason,
        )


@strawberry.type(description="A namespace stands for itself again.")
class NamespaceAliasRemoved:
    alias: str = strawberry.field(description="The name that is an alias no more.")


NamespaceAliasing = Annotated[
    NamespaceAlias | InvalidParamsRefusal | ForbiddenRefusal | WorkspaceBusyRefusal,
    strawberry.union("AliasNamespaceResult", description="The alias as it is now, or why nothing was changed."),
]
NamespaceAliasRemoval = Annotated[
    NamespaceAliasRemoved | InvalidParamsRefusal | ForbiddenRefusal | WorkspaceBusyRefusal,
    strawberry.union("RemoveNamespaceAliasResult", description="That it is gone, or why it is not."),
]
AliasArgument = Annotated[
    str, strawberry.argument(description="The second name, such as `postgres://prod:5432`.")
]
PrefixArgument = Annotated[
    str,
    strawberry.argument(
        description="What names begin with there and not here, such as the database `shop` of "
        "`shop.raw.orders`; empty if names are the same."
    ),
]


def checked_name(field: str, name: str, least: int = 1) -> str:
    """A name without the blanks around it.

    Raises:
        InvalidParams: It is empty or too long, or cannot be shown.
    """
    if not least <= len(name.strip()) <= MAX_NAME:
        raise InvalidParams(field, f"must have {least} to {MAX_NAME} characters")
    if not name.isprintable():
        raise InvalidParams(field, "holds characters that cannot be shown")
    return name.strip()


def check_chain(wanted: Alias, held: Sequence[Alias]) -> None:
    """Refuse an alias of an alias: whoever reads a name looks it up once.

    Raises:
        InvalidParams: It is one, or would make one of another, or is an alias of itself.
    """
    if wanted.alias == wanted.namespace:
        raise InvalidParams("namespace", "is the alias itself")
    if any(each.alias == wanted.namespace for each in held):
        raise InvalidParams("namespace", "is an alias of another namespace", hint="Name that one instead.")
    if any(each.namespace == wanted.alias for each in held):
        raise InvalidParams(
            "alias", "has aliases of its own", hint="Remove them first: chains are not followed."
        )
    kept = [each for each in held if (each.alias, each.prefix) != (wanted.alias, wanted.prefix)]
    if len(kept) >= MAX_ALIASES:
        raise InvalidParams("alias", f"would be one too many: there may be {MAX_ALIASES}")


def busy() -> WorkspaceBusy:
    return WorkspaceBusy("A run is changing the graph.", hint="Try again when it has ended.")


@strawberry.type
class AliasQuery:
    @strawberry.field(description="Which namespaces are others by a second name; 100 at most.")
    async def namespace_aliases(
        self, info: Info, workspace: Workspace = MAIN_WORKSPACE, as_of: AsOfArgument = None
    ) -> list[NamespaceAlias]:
        def read(session: Session) -> Sequence[Alias]:
            return aliases_at(session, workspace, revision_of(session, workspace, as_of))

        return [NamespaceAlias.of(alias) for alias in await info.context.desk.store.read(read)]


@strawberry.type
class AliasMutation:
    @strawberry.mutation(
        description="Say that a namespace is another one by a second name, so that sources which name one "
        "warehouse differently speak of the same assets: for admins. It holds for what sources say from "
        "their next run on; what they said before stays where it is until then. BUSY while a run is "
        "writing a revision."
    )
    async def alias_namespace(
        self,
        info: Info,
        alias: AliasArgument,
        namespace: Annotated[str, strawberry.argument(description="The namespace by its first name.")],
        prefix: PrefixArgument = "",
        reason: Annotated[str, strawberry.argument(description="Why, for those who read it later.")] = "",
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> NamespaceAliasing:
        if len(reason) > MAX_REASON:
            raise InvalidParams("reason", f"has more than {MAX_REASON:,} characters")
        wanted = Alias(
            checked_name("alias", alias),
            checked_name("prefix", prefix, 0),
            checked_name("namespace", namespace),
            info.context.principal.name,
            reason,
        )

        def work(session: Session) -> Alias:
            hold_workspace(session, workspace)
            check_chain(wanted, aliases_at(session, workspace, head_of(session, workspace)))
            if not put_alias(session, workspace, wanted):
                raise busy()
            every = aliases_at(session, workspace, head_of(session, workspace))
            return next(each for each in every if (each.alias, each.prefix) == (wanted.alias, wanted.prefix))

        return NamespaceAlias.of(await info.context.desk.store.write(work))

    @strawberry.mutation(
        description="Let a namespace stand for itself again: for admins. It holds for what sources say from "
        "their next run on. BUSY while a run is writing a revision."
    )
    async def remove_namespace_alias(
        self,
        info: Info,
        alias: AliasArgument,
        prefix: PrefixArgument = "",
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> NamespaceAliasRemoval:
        name, begin = checked_name("alias", alias), checked_name("prefix", prefix, 0)

        def work(session: Session) -> None:
            hold_workspace(session, workspace)
            held = aliases_at(session, workspace, head_of(session, workspace))
            if not any((each.alias, each.prefix) == (name, begin) for each in held):
                hint = "Ask namespaceAliases which there are."
                raise InvalidParams("alias", "is none, or has another prefix", hint=hint)
            if not drop_alias(session, workspace, name, begin):
                raise busy()

        await info.context.desk.store.write(work)
        return NamespaceAliasRemoved(alias=name)
