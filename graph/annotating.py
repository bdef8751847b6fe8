"""What people say of assets and columns through the API: their word stands over what sources say."""

from typing import Annotated
from uuid import UUID

import strawberry

from db.annotations import Word, say
from db.models import MAIN_WORKSPACE
from db.revisions import head_of
from db.session import Session
from graph.arguments import Workspace
from graph.assets import Asset, Column, load_asset
from graph.context import Info
from graph.lineage import LineageRoot, find_root
from graph.refusals import ForbiddenRefusal, InvalidParamsRefusal, NotFoundRefusal, WorkspaceBusyRefusal
from jobs.engines.lineage.values import AnnotationKind
from jobs.errors import InvalidParams, WorkspaceBusy

MAX_VALUES = 50
MAX_CHARACTERS = {
    AnnotationKind.OWNER: 200,
    AnnotationKind.TAG: 200,
    AnnotationKind.DESCRIPTION: 10_000,
    AnnotationKind.CLEAN_OF: 200,
}
MAX_REASON = 1_000


@strawberry.type(description="What somebody spoke of, as it is now.")
class Spoken:
    asset: Asset = strawberry.field(description="The asset.")
    column: Column | None = strawberry.field(description="Its column; null if the word is about the asset.")


AnnotateResult = Annotated[
    Spoken | InvalidParamsRefusal | NotFoundRefusal | ForbiddenRefusal | WorkspaceBusyRefusal,
    strawberry.union("AnnotateResult", description="What was spoken of, or why nothing was changed."),
]


def check_words(kind: AnnotationKind, values: list[str], reason: str) -> list[str]:
    """The values without the blanks around them.

    Raises:
        InvalidParams: They are too many, empty, too long or no text; or there are several descriptions; or
            something is said to be clean without a reason.
    """
    most = 1 if kind is AnnotationKind.DESCRIPTION else MAX_VALUES
    if len(values) > most:
        raise InvalidParams("values", f"are {len(values):,}; at most {most} may be said")
    for place, value in enumerate(values):
        if not 1 <= len(value.strip()) <= MAX_CHARACTERS[kind]:
            raise InvalidParams(f"values[{place}]", f"must have 1 to {MAX_CHARACTERS[kind]:,} characters")
        if kind is not AnnotationKind.DESCRIPTION and not value.isprintable():
            raise InvalidParams(f"values[{place}]", "holds characters that cannot be shown")
    if kind is AnnotationKind.CLEAN_OF and values and not reason.strip():
        raise InvalidParams("reason", "is empty", hint="Say why the tag ends here: others rely on it.")
    if len(reason) > MAX_REASON:
        raise InvalidParams("reason", f"has more than {MAX_REASON:,} characters")
    return [value.strip() for value in values]


@strawberry.type
class AnnotationMutation:
    @strawberry.mutation(
        description="Say who owns an asset, how it or a column is tagged, what it is, or into what a tag does "
        "not flow, for which there has to be a reason: for editors. The "
        "values take the place of what people said of it before, and stand over what sources say, whatever "
        "runs find later. It makes a revision of the graph; BUSY while a run is writing one."
    )
    async def annotate(
        self,
        info: Info,
        of: Annotated[LineageRoot, strawberry.argument(description="The asset or column.")],
        kind: Annotated[AnnotationKind, strawberry.argument(description="What is said.")],
        values: Annotated[
            list[str],
            strawberry.argument(description="Owners, tags or the description; an empty list takes them back."),
        ],
        reason: Annotated[str, strawberry.argument(description="Why, for those who read it later.")] = "",
        workspace: Workspace = MAIN_WORKSPACE,
    ) -> AnnotateResult:
        said, author = check_words(kind, values, reason), info.context.principal.name

        def work(session: Session) -> tuple[UUID, UUID | None, int]:
            node = find_root(session, workspace, of, head_of(session, workspace))
            word = Word(workspace, node.asset_pk, node.column_pk, kind.value, said, author, reason)
            if not say(session, word):
                raise WorkspaceBusy("A run is changing the graph.", hint="Try again when it has ended.")
            return node.asset_pk, node.column_pk, head_of(session, workspace)

        asset_pk, column_pk, at = await info.context.desk.store.write(work)
        view = await info.context.loaders.columns_by_pk.load((column_pk, at)) if column_pk else None
        return Spoken(
            asset=await load_asset(info, asset_pk, at), column=Column.of(view, at) if view is not None else None
        )
