"""Functions that read a relation which their arguments name: `dictGet('geo.cities', 'name', id)`."""

from typing import Any

from sqlglot import exp

from jobs.engines.lineage.functions import literals, named
from jobs.engines.lineage.shapes import Nested, Source, Use, value_query
from jobs.engines.lineage.values import Subtype
from jobs.engines.lineage.walk import Names, Role, Walk

WITHOUT_ATTRIBUTE = ("dicthas", "dictisin", "dictgethierarchy", "dictgetchildren", "dictgetdescendants")
"""What asks only which keys a dictionary has."""


def is_lookup(called: str, names: Names) -> bool:
    """Whether a function of ClickHouse reads a dictionary, or a table of joins, which it names."""
    return called.startswith(("dictget", "joinget", *WITHOUT_ATTRIBUTE)) and names.dialect == "clickhouse"


def lookup(node: Any, role: Role, walk: Walk) -> None:
    """Mention the attribute that is looked up, like a nested query; the key decides about this value only.

    A dictionary whose name is computed is noted as dynamic. What stands for a missing key is a source, too.
    """
    names, arguments, called = walk.names, node.expressions, str(node.this).lower()
    relation, rest = _literal(arguments[:1], names), arguments[1:]
    if called.startswith(WITHOUT_ATTRIBUTE):
        walk.push(rest, role.below())
        uses: tuple[Use, ...] = (
            Use("", "", "*", Subtype.IDENTITY, masking=False, place=names.place_of(arguments[0])),
        )
        role = role.below()
    else:
        uses = _attributes(rest[0], names) if rest else ()
        default = rest[2:] if "ordefault" in called else []
        walk.push(rest[1 : len(rest) - len(default)], role.as_(Subtype.CONDITIONAL))
        walk.push(default, role.below())
        role = role if len(uses) == 1 and "ordefault" not in called else role.below()
    if not relation or not uses:
        names.dynamic(f"what {node.this}(…) reads is known only when it runs")
        return
    name = named(relation, names.dialect)
    names.reads.setdefault(name.parts, name)
    source = Source("", relation=name)
    for use in uses:
        query = value_query(use.column, (use,), use.place, source)
        walk.found.append(Nested(query, role.how, role.masking, values=True))


def _literal(arguments: list[Any], names: Names) -> str:
    """Return the text of an argument; a name may stand there without quotes."""
    for each in arguments:
        if isinstance(each, exp.Column):
            return ".".join(part.name for part in each.parts)
        found = literals(each)
        if len(found) == 1 and names.dialect:
            return found[0]
    return ""


def _attributes(node: Any, names: Names) -> tuple[Use, ...]:
    """Return the attributes that a string, or a list of strings, names."""
    one = node.expressions if isinstance(node, exp.Tuple) else [node]
    found = [(each.name, names.place_of(each)) for each in one if isinstance(each, exp.Literal)]
    return tuple(Use("", name, name, Subtype.IDENTITY, masking=False, place=place) for name, place in found)
