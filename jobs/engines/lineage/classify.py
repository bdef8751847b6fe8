"""What part an asset plays in a data model, as far as its name tells."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any


class DataModelType(StrEnum):
    """The part of an asset in a dimensional model."""

    DIMENSION = "dimension"
    FACT = "fact"
    LOOKUP = "lookup"
    OTHER = "other"


Patterns = Mapping[DataModelType, Sequence[str]]
"""For each part the patterns of names that play it; `*` stands for any characters, `?` for any one."""

DEFAULT_PATTERNS: Patterns = MappingProxyType(
    {
        DataModelType.DIMENSION: ("Dim*", "dim_*"),
        DataModelType.FACT: ("Fact*", "fct_*", "fact_*"),
        DataModelType.LOOKUP: ("Lkp*", "Lookup*", "ref_*"),
    }
)


def read_patterns(given: Any) -> Any:
    """Return patterns by part, of any capitals, from JSON; what is no text comes back as it is.

    >>> read_patterns('{"Fact": ["f_*"]}')
    {'fact': ['f_*']}
    """
    read = json.loads(given) if isinstance(given, str) else given
    return {str(part).lower(): each for part, each in read.items()} if isinstance(read, dict) else read


def classify(name: str, patterns: Patterns = DEFAULT_PATTERNS) -> DataModelType:
    """Return the part that an asset plays by its name.

    Args:
        name: As assets are shown. Only its last part counts: `Customer` of `dim.Customer`.
        patterns: The first that fits decides. One without capitals fits names in any capitals; one with some
            fits as it is written, so that `Dim*` means DimDate and not diminished.

    Returns:
        OTHER where no pattern fits, and where one of OTHER fits first.

    Cost: linear in the patterns.

    >>> [classify(name).value for name in ("dbo.DimDate", "MART.FCT_SALES", "diminished", "ref.Country")]
    ['dimension', 'fact', 'other', 'other']
    """
    last = name.rpartition(".")[2]
    fitting = (part for part, each in patterns.items() if any(_fits(last, pattern) for pattern in each))
    return next(fitting, DataModelType.OTHER)


def _fits(name: str, pattern: str) -> bool:
    return fnmatchcase(name.lower() if pattern == pattern.lower() else name, pattern)
