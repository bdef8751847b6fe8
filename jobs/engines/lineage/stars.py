"""Outputs that one expression makes for each column that it chooses: COLUMNS('a.*'), * APPLY(sum)."""

from typing import Any, Protocol

from sqlglot import exp

from jobs.engines.lineage.chosen import EVERY, Choice, is_plain
from jobs.engines.lineage.dialects import word_set
from jobs.engines.lineage.entries import NotExplained
from jobs.engines.lineage.shapes import Place, Star, Uses
from jobs.engines.lineage.values import Subtype
from jobs.engines.lineage.walk import Names

AGGREGATES = word_set("sum avg min max count any uniq median anylast stddevpop stddevsamp")


class Starring(Names, Protocol):
    """What the reduction of a star needs from its surroundings."""

    def star(self, node: Any, qualifier: str, place: Place) -> Star:
        """Reduce a plain star."""
        ...


def chosen_by(node: Any, names: Starring, place: Place) -> Star:
    """Reduce `* LIKE 'a%'`, and `* APPLY(f)` or `COLUMNS('a') APPLY(f)` of ClickHouse."""
    if isinstance(node, exp.Like):
        return names.star(node.this, "", place)._replace(choice=Choice("like", node.expression.name))
    inner = node.this
    shown = names.star(inner, "", place) if isinstance(inner, exp.Star) else shown_by(inner, names, place)
    is_aggregate = node.expression.name.lower() in AGGREGATES
    return shown._replace(how=Subtype.AGGREGATION if is_aggregate else Subtype.TRANSFORMATION)


def expanded(names: Starring, alias: str, uses: Uses, place: Place) -> Star:
    """Return the outputs of an expression that holds `COLUMNS(…)`, which its walk has noted.

    Raises:
        NotExplained: it holds several of them, or one that is unpacked into arguments.
    """
    (node, how), *others = names.expanded
    names.expanded.clear()
    if node.args.get("unpack") or any(each != node for each, _ in others):
        raise NotExplained("this use of COLUMNS(…)", place)
    return shown_by(node, names, place)._replace(alias=alias, how=how, also=uses)


def shown_by(node: Any, names: Starring, place: Place) -> Star:
    """Return the star that `COLUMNS(…)` stands for.

    Raises:
        NotExplained: which columns it chooses is computed.
    """
    if isinstance(node, exp.Apply):
        return chosen_by(node, names, place)
    qualifier = ""
    if isinstance(node, exp.Dot):  # t.COLUMNS('a')
        qualifier, chooses = names.name_of(node.this), next(iter(node.expression.expressions), None)
    else:
        chooses = node.this
    if isinstance(chooses, exp.Star):
        return names.star(chooses, qualifier, place)
    return Star(qualifier, (), (), (), place, _choice(chooses, names, place))


def _choice(chooses: Any, names: Starring, place: Place) -> Choice:
    if isinstance(chooses, exp.Literal) and chooses.is_string and is_plain(chooses.name):
        return Choice("regex", chooses.name) if chooses.name else EVERY
    if isinstance(chooses, exp.Array):
        words = [each for each in chooses.expressions if isinstance(each, exp.Literal) and each.is_string]
        if len(words) == len(chooses.expressions):
            return Choice("names", "", tuple(names.name_of(exp.to_identifier(each.name)) for each in words))
    raise NotExplained("COLUMNS(…) of a pattern that is computed, or not simple,", place)
