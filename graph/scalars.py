"""Scalars of our own."""

from dataclasses import replace
from datetime import datetime
from typing import NewType

import strawberry
from strawberry.schema.types.base_scalars import DateTimeDefinition
from strawberry.types.scalar import ScalarDefinition

BigInt = NewType("BigInt", int)

BIG_INT = strawberry.scalar(
    name="BigInt",
    description="A whole number of up to 64 bits, as text: JSON numbers lose digits past 2^53.",
    specified_by_url="https://spec.graphql.org/draft/#sec-Scalars.Custom-Scalars",
    serialize=str,
    parse_value=int,
)

Json = NewType("Json", object)

JSON = strawberry.scalar(
    name="JSON",
    description="Any value of JSON, as it is.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
    serialize=lambda value: value,
    parse_value=lambda value: value,
)

DATE_TIME = replace(
    DateTimeDefinition,
    description="A moment with its offset from UTC, such as 2026-11-20T12:00:00+00:00.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
)

SCALARS: dict[object, ScalarDefinition] = {BigInt: BIG_INT, Json: JSON, datetime: DATE_TIME}
