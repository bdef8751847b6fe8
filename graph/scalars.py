"""Scalars of our own."""

from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

BigInt = NewType("BigInt", int)

BIG_INT = strawberry.scalar(
    name="BigInt",
    description="A whole number of up to 64 bits, as text: JSON numbers lose digits past 2^53.",
    specified_by_url="https://spec.graphql.org/draft/#sec-Scalars.Custom-Scalars",
    serialize=str,
    parse_value=int,
)

SCALARS: dict[object, ScalarDefinition] = {BigInt: BIG_INT}
