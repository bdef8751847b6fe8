"""Column types and a folding of names that are the same on SQLite and PostgreSQL."""

import unicodedata
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Float, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

WORDS = String().with_variant(String(collation="C"), "postgresql")
"""Text in the order of its code points: SQLite's own, which PostgreSQL has under the name C."""


def fold_case(text: str) -> str:
    """A name as searches and filters compare it: without capitals, accents composed.

    Neither database folds more than ASCII in the same way, so it is done here, once, when a name is written.

    >>> fold_case("Straße"), fold_case("ORDERS")
    ('strasse', 'orders')
    """
    return unicodedata.normalize("NFC", text.casefold())


def folded_name(context: Any) -> str:
    """What a column `folded` holds for a row that is being inserted."""
    return fold_case(context.get_current_parameters()["name"])


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC. SQLite keeps no zone, so one is given back when it is read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """An aware moment as the database keeps it.

        Raises:
            ValueError: It has no zone, and so could be any of many moments.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """What PostgreSQL keeps, which has a zone, as an aware moment in UTC."""
        del dialect
        moment: datetime | None = value
        return None if moment is None else moment.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """What makes moments of what is stored: of SQLite's text in one call, for lists hold hundreds."""
        return _moment if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _moment(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored + "+00:00")


class SecondsBetween(FunctionElement[float]):
    """Seconds from one moment of a row to another, to the millisecond; null if one of them is null."""

    inherit_cache = True
    type = Float()


@compiles(SecondsBetween, "postgresql")
def _by_epoch(element: SecondsBetween, compiler: SQLCompiler, **more: Any) -> str:
    begin, end = (compiler.process(moment, **more) for moment in element.clauses)
    return f"round(extract(epoch FROM {end} - {begin}), 3)"


@compiles(SecondsBetween, "sqlite")
def _by_days(element: SecondsBetween, compiler: SQLCompiler, **more: Any) -> str:
    begin, end = (compiler.process(moment, **more) for moment in element.clauses)
    return f"round((julianday({end}) - julianday({begin})) * 86400, 3)"
