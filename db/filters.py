"""Which assets a reader wants: by namespace, kind, schema, name, tag and owner."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, not_, or_
from sqlmodel import col, select

from db.columns import fold_case
from db.lineage import Annotation, Asset, AssetFact, seen

ESCAPE = "\\"
MAX_FOLDED = 200  # characters of a value by which it is found
KINDS_BY_STRENGTH = (
    "view",
    "table",
    "procedure",
    "function",
    "file",
    "query_result",
    "document",
    "answer",
    "exposure",
    "test",
)

STRENGTH = case(
    {kind: at for at, kind in enumerate(KINDS_BY_STRENGTH)},
    value=col(AssetFact.kind),
    else_=len(KINDS_BY_STRENGTH),
)
"""`strength` in SQL."""


def strength(kind: str) -> int:
    """How much a kind says, 0 most: of what several sources call an asset, the strongest is shown."""
    return KINDS_BY_STRENGTH.index(kind) if kind in KINDS_BY_STRENGTH else len(KINDS_BY_STRENGTH)


@dataclass(frozen=True, slots=True)
class AssetFilter:
    """Which assets: those that fit every part; a part that is empty fits all.

    `name` is a pattern in which `*` stands for any text; without one, for names that contain it. Tags may be of
    the asset or of a column of it. Names, schemas, tags and owners are compared without capitals, namespaces
    and kinds as they are.
    """

    namespaces: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    schemas: frozenset[str] = frozenset()
    excluded_schemas: frozenset[str] = frozenset()
    name: str = ""
    tags: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()


EVERYTHING = AssetFilter()


def schema_of(name: str) -> str:
    """The schema in an asset's name: what stands before its last dot; empty if there is none.

    >>> schema_of("shop.mart.orders"), schema_of("orders")
    ('shop.mart', '')
    """
    return name.rpartition(".")[0]


def conditions(wanted: AssetFilter, at: int) -> list[ColumnElement[bool]]:
    """What holds for rows of `Asset` that readers at revision `at` see and that fit.

    An asset is of the kind it is shown as: the strongest of what its sources say.
    """
    facts = (col(AssetFact.asset_pk) == col(Asset.pk), seen(AssetFact, at))
    shown = select(AssetFact.asset_pk).where(*facts)
    found: list[ColumnElement[bool]] = []
    if wanted.namespaces:
        found.append(col(Asset.namespace).in_(wanted.namespaces))
    if wanted.kinds:
        strongest = select(func.min(STRENGTH)).where(*facts).correlate(Asset).scalar_subquery()
        found.append(strongest.in_({strength(kind) for kind in wanted.kinds}))
        shown = shown.where(col(AssetFact.kind).in_(wanted.kinds))
    found.append(shown.correlate(Asset).exists())
    if wanted.schemas:
        found.append(or_(*(_in_schema(schema) for schema in wanted.schemas)))
    found.extend(not_(_in_schema(schema)) for schema in wanted.excluded_schemas)
    if wanted.name:
        found.append(col(Asset.folded).like(like_pattern(wanted.name), escape=ESCAPE))
    found.extend(
        _annotated(kind, values, at)
        for kind, values in (("tag", wanted.tags), ("owner", wanted.owners))
        if values
    )
    return found


def _annotated(kind: str, values: Iterable[str], at: int) -> ColumnElement[bool]:
    """Whether a source says one of these values of an asset."""
    said = select(Annotation.pk).where(
        col(Annotation.asset_pk) == col(Asset.pk),
        Annotation.kind == kind,
        col(Annotation.folded).in_({folded_value(value) for value in values}),
        seen(Annotation, at),
    )
    return said.correlate(Asset).exists()


def folded_value(value: str) -> str:
    """A tag or an owner as filters compare it."""
    return fold_case(value)[:MAX_FOLDED]


def like_words(text: str) -> str:
    """Text as LIKE takes it literally, folded like the column `folded`."""
    return re.sub(r"([\\%_])", r"\\\1", fold_case(text))


def like_pattern(pattern: str) -> str:
    r"""What LIKE takes for a pattern in which `*` stands for any text.

    >>> like_pattern("Dim*"), like_pattern("50%"), like_pattern("orders")
    ('dim%', '%50\\\\%%', '%orders%')
    """
    words = like_words(pattern)
    return words.replace("*", "%") if "*" in words else f"%{words}%"


def _in_schema(schema: str) -> ColumnElement[bool]:
    """Whether an asset's schema is this one: there is one dot more in its name, and no other behind that."""
    folded = col(Asset.folded)
    if not schema:
        return folded.not_like("%.%")
    words = like_words(schema)
    return folded.like(f"{words}.%", escape=ESCAPE) & folded.not_like(f"{words}.%.%", escape=ESCAPE)
