"""Assets and their columns, as clients find and read them."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import relay

from db.catalog import AssetView, ColumnView, count_assets, find_asset, find_column, list_assets, namespaces_of
from db.filters import AssetFilter, schema_of
from db.models import MAIN_WORKSPACE
from db.session import Session
from graph.annotations import Annotation, values_of
from graph.arguments import After, AsOfArgument, First, Workspace, revision_of
from graph.changes import AssetHistory
from graph.context import Info
from graph.enums import DataModelType
from graph.facets import Facet
from graph.filters import AssetFilterArgument, narrowed, wanted_by
from graph.histories import read_history
from graph.paging import decode_cursor, encode_cursor, page_of, page_size
from graph.runs import uuid_of
from jobs.engines.lineage.classify import classify
from jobs.engines.lineage.ddl import create_table
from jobs.engines.lineage.values import AnnotationKind
from jobs.engines.lineage.values import Column as KnownColumn
from jobs.errors import UnknownAsset

MADE_OF_COLUMNS = frozenset({"table", "external"})  # kinds for which a CREATE TABLE says all there is to say
PLAIN_DIALECT = "ansi"
ASSET_IDS, COLUMN_IDS = "Asset", "Column"  # what global ids call their types
ASK_SEARCH = "Ask searchAssets for names like it."


def default_namespace(workspace: str) -> str:
    """The namespace of assets whose source names none."""
    return f"headwater://{workspace}"


async def keys_at_head(info: Info, node_ids: Iterable[str]) -> list[tuple[UUID, int]]:
    """What loaders take, for the inner ids of global ids: those at the head of their workspace.

    What somebody may not see is as if there never were any: at revision 0.
    """
    pks, rights = [uuid_of(node_id) for node_id in node_ids], info.context.rights
    heads = await info.context.loaders.heads.load_many(pks)
    return [
        (pk, head[1] if head is not None and rights.role_in(head[0]) is not None else 0)
        for pk, head in zip(pks, heads, strict=True)
    ]


async def words_of(info: Info, definition_pk: UUID | None) -> str | None:
    """The text of a definition; None if there is none, or it is not to be seen."""
    if definition_pk is None:
        return None
    found = await info.context.loaders.definitions.load(definition_pk)
    return found[1] if found is not None and info.context.rights.sees_definitions(found[0]) else None


def permalink(info: Info, type_name: str, pk: UUID) -> str:
    """The address that stays with an asset or column: it leads to a picture of it."""
    word = relay.to_base64(type_name, pk)
    return info.context.transfers.grants.address(info.context.request, f"/a/{word}")


@strawberry.type(description="A column of an asset.")
class Column(relay.Node):
    pk: relay.NodeID[UUID]
    asset_pk: strawberry.Private[UUID]
    at: strawberry.Private[int]
    name: str = strawberry.field(description="As first spelled.")
    ordinal: int = strawberry.field(description="Its place, from 0.")
    data_type: str | None = strawberry.field(description="Its declared type, where one is known.")

    @strawberry.field(
        description="An address that stays: a browser that is signed in is led to a picture of the column."
    )
    def permalink(self, info: Info) -> str:
        return permalink(info, COLUMN_IDS, self.pk)

    @strawberry.field(description="The asset that it belongs to.")
    async def asset(self, info: Info) -> "Asset":
        return await load_asset(info, self.asset_pk, self.at)

    @strawberry.field(description="What it is, in words: a person's first, else a source's; may be empty.")
    async def description(self, info: Info) -> str:
        remarks = await info.context.loaders.column_remarks.load((self.pk, self.at))
        return next(iter(values_of(remarks, AnnotationKind.DESCRIPTION)), "")

    @strawberry.field(description="Its tags, each once.")
    async def tags(self, info: Info) -> list[str]:
        return values_of(await info.context.loaders.column_remarks.load((self.pk, self.at)), AnnotationKind.TAG)

    @strawberry.field(description="Who says what of it, people first.")
    async def annotations(self, info: Info) -> list[Annotation]:
        remarks = await info.context.loaders.column_remarks.load((self.pk, self.at))
        return [Annotation.of(remark) for remark in remarks]

    @classmethod
    def of(cls, view: ColumnView, at: int) -> "Column":
        return cls(
            pk=view.pk,
            asset_pk=view.asset_pk,
            at=at,
            name=view.name,
            ordinal=view.ordinal,
            data_type=view.data_type,
        )

    @classmethod
    async def resolve_nodes(  # type: ignore[override]  # ours is always asynchronous
        cls, *, info: Info, node_ids: Iterable[str], required: bool = False
    ) -> list["Column | None"]:
        del required
        keys = await keys_at_head(info, node_ids)
        views = await info.context.loaders.columns_by_pk.load_many(keys)
        return [cls.of(view, key[1]) if view else None for view, key in zip(views, keys, strict=True)]


@strawberry.type(description="The SQL that makes an asset.")
class Ddl:
    sql: str = strawberry.field(description="The statement.")
    generated: bool = strawberry.field(
        description="Whether we made it of the columns that are known; else it is as it was given."
    )


@strawberry.type(description="Who speaks of an asset.")
class AssetSource:
    name: str = strawberry.field(description="The source's name, as runs give it.")


@strawberry.type(description="A table, view, file, query result, document or answer.")
class Asset(relay.Node):
    pk: relay.NodeID[UUID]
    definition_pk: strawberry.Private[UUID | None]
    at: strawberry.Private[int]
    namespace: str = strawberry.field(description="Where it lives: OpenLineage's namespace.")
    name: str = strawberry.field(description="As first spelled: OpenLineage's name.")
    schema: str = strawberry.field(description="What stands in `name` before its last dot; may be empty.")
    kind: str = strawberry.field(description="`table`, `view`, `procedure`, `external` (never defined), …")
    columns_complete: bool = strawberry.field(
        description="Whether `columns` are all it has; false where only some were seen in use."
    )
    told: strawberry.Private[str]
    explained: bool = strawberry.field(description="Whether all of its definition could be explained.")

    @strawberry.field(
        description="An address that stays: a browser that is signed in is led to a picture of the asset."
    )
    def permalink(self, info: Info) -> str:
        return permalink(info, ASSET_IDS, self.pk)

    @strawberry.field(description="Its columns, in order.")
    async def columns(self, info: Info) -> list[Column]:
        views = await info.context.loaders.columns.load((self.pk, self.at))
        return [Column.of(view, self.at) for view in views]

    @strawberry.field(
        description="The statement that defines it; null if none was given, or you may not see definitions."
    )
    async def definition(self, info: Info) -> str | None:
        return await words_of(info, self.definition_pk)

    @strawberry.field(
        description="The SQL that makes it: as given or, for a table, of its columns. Null if neither is known."
    )
    async def ddl(self, info: Info) -> Ddl | None:
        loaders = info.context.loaders
        given = await words_of(info, self.definition_pk)
        if given is not None:
            return Ddl(sql=given, generated=False)
        columns = await loaders.columns.load((self.pk, self.at)) if self.kind in MADE_OF_COLUMNS else ()
        if not columns:
            return None
        known = [KnownColumn(column.name, column.data_type) for column in columns]
        return Ddl(sql=create_table(self.name, known, dialect=PLAIN_DIALECT), generated=True)

    @strawberry.field(description="What it is in a data model, by patterns of names that an operator may set.")
    def data_model_type(self, info: Info) -> DataModelType:
        return classify(self.name, info.context.desk.settings.data_model_patterns)

    @strawberry.field(description="What it is, in words: a person's first, else a source's; may be empty.")
    async def description(self, info: Info) -> str:
        remarks = await info.context.loaders.asset_remarks.load((self.pk, self.at))
        return next(iter(values_of(remarks, AnnotationKind.DESCRIPTION)), self.told)

    @strawberry.field(description="Who answers for it, each once: those whom people named first.")
    async def owners(self, info: Info) -> list[str]:
        return values_of(
            await info.context.loaders.asset_remarks.load((self.pk, self.at)), AnnotationKind.OWNER
        )

    @strawberry.field(description="Its tags, each once.")
    async def tags(self, info: Info) -> list[str]:
        return values_of(await info.context.loaders.asset_remarks.load((self.pk, self.at)), AnnotationKind.TAG)

    @strawberry.field(description="Who says what of it as a whole, people first.")
    async def annotations(self, info: Info) -> list[Annotation]:
        remarks = await info.context.loaders.asset_remarks.load((self.pk, self.at))
        return [Annotation.of(remark) for remark in remarks]

    @strawberry.field(description="Who speaks of it, by name.")
    async def sources(self, info: Info) -> list[AssetSource]:
        names = await info.context.loaders.asset_sources.load((self.pk, self.at))
        return [AssetSource(name=name) for name in names]

    @strawberry.field(
        description="What OpenLineage events say of it that is nowhere else here, latest of each."
    )
    async def facets(self, info: Info) -> list[Facet]:
        views = await info.context.loaders.facets.load(self.pk)
        return [Facet.of(view, info.context.rights) for view in views]

    @strawberry.field(
        description="The revisions up to this one at which it changed, newest first, through all names that it "
        "had. A statement that was only reformatted is no change."
    )
    async def history(self, info: Info, first: First = 20, after: After = None) -> AssetHistory:
        return await read_history(info, self.pk, self.at, first, after)

    @classmethod
    def of(cls, view: AssetView, at: int) -> "Asset":
        return cls(
            pk=view.pk,
            at=at,
            definition_pk=view.definition_pk,
            namespace=view.namespace,
            name=view.name,
            schema=schema_of(view.name),
            kind=view.kind,
            columns_complete=view.columns_complete,
            told=view.description,
            explained=view.explained,
        )

    @classmethod
    async def resolve_nodes(  # type: ignore[override]  # ours is always asynchronous
        cls, *, info: Info, node_ids: Iterable[str], required: bool = False
    ) -> list["Asset | None"]:
        del required
        keys = await keys_at_head(info, node_ids)
        views = await info.context.loaders.assets.load_many(keys)
        return [cls.of(view, key[1]) if view else None for view, key in zip(views, keys, strict=True)]


async def load_asset(info: Info, pk: UUID, at: int) -> Asset:
    """An asset that something at this revision refers to.

    Raises:
        UnknownAsset: It was deleted meanwhile.
    """
    view = await info.context.loaders.assets.load((pk, at))
    if view is None:
        raise UnknownAsset
    return Asset.of(view, at)


@strawberry.type(description="Assets by namespace and name.")
class AssetConnection(relay.Connection[Asset]):
    workspace: strawberry.Private[str]
    at: strawberry.Private[int]
    wanted: strawberry.Private[AssetFilter]

    @strawberry.field(description="How many assets fit the filter in all: counted only when asked for.")
    async def total_count(self, info: Info) -> int:
        count = partial(count_assets, workspace=self.workspace, at=self.at, wanted=self.wanted)
        return await info.context.desk.store.read(count)


@strawberry.input(description="An asset by name.")
class AssetRef:
    name: str = strawberry.field(description="Such as `mart.orders`; capitals do not matter.")
    namespace: str | None = strawberry.field(
        default=None, description="Where it lives; left out: the workspace's own."
    )


@strawberry.input(description="A column by name.")
class ColumnRef:
    asset: str = strawberry.field(description="The asset's name, such as `mart.orders`.")
    column: str = strawberry.field(description="The column's name.")
    namespace: str | None = strawberry.field(
        default=None, description="Where the asset lives; left out: the workspace's own."
    )


def asset_named(session: Session, workspace: str, ref: AssetRef, at: int) -> AssetView:
    """The asset of a name.

    Raises:
        UnknownAsset: There is none at this revision.
    """
    namespace = default_namespace(workspace) if ref.namespace is None else ref.namespace
    view = find_asset(session, workspace, namespace, ref.name, at)
    if view is None:
        elsewhere = namespaces_of(session, workspace, ref.name, at)
        hint = f"There is one in {elsewhere[0]!r}: name that namespace." if elsewhere else ASK_SEARCH
        raise UnknownAsset(f"There is no asset {ref.name!r} in {namespace!r} at revision {at}.", hint=hint)
    return view


def column_named(session: Session, workspace: str, ref: ColumnRef, at: int) -> ColumnView:
    """The column of a name.

    Raises:
        UnknownAsset: There is no such asset, or it has no such column, at this revision.
    """
    asset = asset_named(session, workspace, AssetRef(name=ref.asset, namespace=ref.namespace), at)
    view = find_column(session, asset.pk, ref.column, at)
    if view is None:
        hint = "Ask asset { columns { name } }."
        raise UnknownAsset(f"{asset.name} has no column {ref.column!r} at revision {at}.", hint=hint)
    return view


@strawberry.type
class AssetQuery:
    @strawberry.field(description="An asset by its name. NOT_FOUND if there is none.")
    async def asset(
        self,
        info: Info,
        name: Annotated[str, strawberry.argument(description="Such as `mart.orders`.")],
        namespace: Annotated[
            str | None, strawberry.argument(description="Where it lives; left out: the workspace's own.")
        ] = None,
        workspace: Workspace = MAIN_WORKSPACE,
        as_of: AsOfArgument = None,
    ) -> Asset | None:
        def read(session: Session) -> tuple[AssetView, int]:
            at = revision_of(session, workspace, as_of)
            return asset_named(session, workspace, AssetRef(name=name, namespace=namespace), at), at

        return Asset.of(*await info.context.desk.store.read(read))

    @strawberry.field(description="A column by its name. NOT_FOUND if there is none.")
    async def column(
        self,
        info: Info,
        of: Annotated[ColumnRef, strawberry.argument(description="Which.")],
        workspace: Workspace = MAIN_WORKSPACE,
        as_of: AsOfArgument = None,
    ) -> Column | None:
        def read(session: Session) -> tuple[ColumnView, int]:
            at = revision_of(session, workspace, as_of)
            return column_named(session, workspace, of, at), at

        return Column.of(*await info.context.desk.store.read(read))

    @strawberry.field(description="Assets by namespace and name.")
    async def assets(
        self,
        info: Info,
        filter: AssetFilterArgument = None,  # noqa: A002 - the API's word
        kind: Annotated[
            list[str] | None,
            strawberry.argument(
                description="Only these kinds.",
                deprecation_reason="Use `filter.kinds`. Removed after 2027-06-30.",
            ),
        ] = None,
        namespace: Annotated[
            str | None,
            strawberry.argument(
                description="Only this namespace.",
                deprecation_reason="Use `filter.namespaces`. Removed after 2027-06-30.",
            ),
        ] = None,
        first: First = 50,
        after: After = None,
        workspace: Workspace = MAIN_WORKSPACE,
        as_of: AsOfArgument = None,
    ) -> AssetConnection:
        wanted = narrowed(wanted_by(filter), kind, namespace)
        limit = page_size(first) + 1
        key = decode_cursor(after, parts=2) if after is not None else None

        def read(session: Session) -> tuple[Sequence[AssetView], int]:
            at = revision_of(session, workspace, as_of)
            behind = (key[0], key[1]) if key else None
            return list_assets(session, workspace, at, wanted, after=behind, limit=limit), at

        views, at = await info.context.desk.store.read(read)
        cursors = [encode_cursor(view.namespace, view.name_key) for view in views]
        edges = [
            relay.Edge(cursor=cursor, node=Asset.of(view, at))
            for cursor, view in zip(cursors, views, strict=True)
        ]
        return AssetConnection(
            page_info=page_of(views, first, after=after, cursors=cursors),
            edges=edges[:first],
            workspace=workspace,
            at=at,
            wanted=wanted,
        )
