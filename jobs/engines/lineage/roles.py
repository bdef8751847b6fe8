"""How roles combine along a path from a column to an output."""

from jobs.engines.lineage.values import Subtype

RANK = {Subtype.IDENTITY: 0, Subtype.TRANSFORMATION: 1, Subtype.AGGREGATION: 2}
COMPOSED: dict[Subtype, dict[Subtype, Subtype]] = {
    outer: {
        inner: inner if outer in RANK and (inner not in RANK or RANK[outer] < RANK[inner]) else outer
        for inner in Subtype
    }
    for outer in Subtype
}
"""The role of something with the second role below something with the first.

The strongest direct role wins; an influence stays one, and decides about what is inside of it.
"""
BELOW: dict[Subtype, Subtype] = {how: COMPOSED[how][Subtype.TRANSFORMATION] for how in Subtype}
"""The role of the operands of an operator."""
