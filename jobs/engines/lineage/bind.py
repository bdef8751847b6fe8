"""Bind the names of a query to the relations that it reads, from the inside out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from jobs.engines.lineage.chosen import EVERY, chosen
from jobs.engines.lineage.flows import (
    Bound,
    Col,
    Flow,
    Flows,
    Problem,
    Relations,
    Seen,
    by_rows_alone,
    carried,
    once,
    placed,
    rows_of,
)
from jobs.engines.lineage.offers import dressed, fed, given, multiplying, renamed
from jobs.engines.lineage.scope import Scope
from jobs.engines.lineage.session import Session, is_temporary
from jobs.engines.lineage.shapes import (
    VARIABLES,
    Call,
    Cte,
    Influence,
    Name,
    Nested,
    Nth,
    Place,
    Query,
    Select,
    SetOperation,
    Source,
    Star,
    Use,
    Uses,
    new,
)
from jobs.engines.lineage.unions import shared, united, united_by_name
from jobs.engines.lineage.values import Reason, Subtype

ROUNDS = 8  # of a recursive query: columns that change places need one round each

Named = dict[str, Bound]


class Mentions(NamedTuple):
    """Where an expression stands: its scope, the CTEs in reach, its query, the aliases it may name."""

    scope: Scope
    named: Named
    bound: Bound
    aliases: Mapping[str, Flows] | None = None


class Binder:
    """Binds the queries of one statement and collects what could not be bound."""

    def __init__(self, relations: Relations, session: Session | None = None) -> None:
        self.relations = relations
        self.session = session or Session()
        self.problems: dict[Problem, None] = {}

    def query(self, query: Query, named: Named, outer: Scope | None) -> Bound:
        """Bind a query. `named` are the CTEs in reach, `outer` is the scope around. Cost: linear."""
        if query.ctes:
            named = dict(named)
            for cte in query.ctes:
                named[cte.name] = self._cte(cte, named, outer)
        if isinstance(query.body, SetOperation):
            return self._set_operation(query.body, named, outer)
        return self._select(query.body, named, outer)

    def _cte(self, cte: Cte, named: Named, outer: Scope | None) -> Bound:
        body = cte.query.body
        if not cte.recursive or not isinstance(body, SetOperation):
            return renamed(self.query(cte.query, named, outer), cte.columns)
        inside = dict(named)
        for each in cte.query.ctes:
            inside[each.name] = self._cte(each, inside, outer)
        bound = renamed(self.query(body.branches[0], inside, outer), cte.columns)
        for _ in range(ROUNDS):
            before = [frozenset(flow[:6] for flow in column.flows) for column in bound.columns]
            # What the query reads of itself brings no influences: they are those of the whole anyway.
            inside[cte.name] = Bound(bound.columns, rows=bound.rows)
            bound = renamed(self._set_operation(body, inside, outer), cte.columns)
            if before == [frozenset(flow[:6] for flow in column.flows) for column in bound.columns]:
                break
        return bound

    def _set_operation(self, body: SetOperation, named: Named, outer: Scope | None) -> Bound:
        branches = [self.query(branch, named, outer) for branch in body.branches]
        names = [operator for operator, _ in body.operators]
        giving = [
            branches[0],
            *(each for each, name in zip(branches[1:], names, strict=True) if name != "EXCEPT"),
        ]
        unite = united_by_name if body.by_name else united
        result = Bound(unite([each.columns for each in giving]), below=branches)
        if body.by_name not in {"", "FULL"}:
            result.columns = shared(result.columns, [each.columns for each in giving], body.by_name)
        result.rows = tuple(dict.fromkeys(key for each in giving for key in each.rows))
        everything = [column for each in branches for column in each.columns]
        if {"EXCEPT", "INTERSECT"} & set(names):  # which rows stay depends on all columns of both sides
            result.influences += all_flows(everything, Subtype.FILTER, body.place)
        if ("UNION", True) in body.operators:
            result.influences += all_flows(everything, Subtype.GROUP_BY, body.place)
        for influence in body.influences:
            result.influences += self._of_outputs(influence, result)
        return result

    def _of_outputs(self, influence: Influence, bound: Bound) -> list[Flow]:
        """ORDER BY of a set operation knows nothing but its outputs."""
        found: list[Flow] = []
        for use in influence.uses:
            if isinstance(use, Nth):
                columns = bound.columns[use.number - 1 : use.number]
            elif not isinstance(use, Use):
                continue  # no dialect allows a query here
            else:
                columns = [each for each in bound.columns if each.name == use.column]
            for column in columns:
                found += carried(column.flows, influence.how, influence.place)
        return found

    def _select(self, body: Select, named: Named, outer: Scope | None) -> Bound:
        bound, scope = Bound(), Scope(outer, self.relations, self.problems)
        scope.merged_first = body.merged_first
        for source in body.sources:
            self._source(source, named, scope, bound)
        bound.rows = tuple(dict.fromkeys(key for seen in scope.sources for key in seen.rows))
        aliases: dict[str, Flows] = {}
        plain, aliased = Mentions(scope, named, bound), Mentions(scope, named, bound, aliases)
        for output in body.outputs:
            at = aliased if body.lateral_aliases else plain
            if isinstance(output, Star):
                found = self._star(output, at)
                bound.columns += found if output.how is Subtype.IDENTITY else self._around(output, found, at)
                continue
            flows = self._flows(output.uses, output.place if output.place[1] else None, at)
            bound.columns.append(new(Col, (output.name, output.spelled, flows, "")))
            if output.name:
                aliases.setdefault(output.name, flows)
        for influence in body.influences:
            bound.influences += self._flows(
                influence.uses, influence.place, aliased if influence.aliases else plain
            )
        if body.distinct:
            bound.influences += all_flows(bound.columns, Subtype.GROUP_BY, body.place)
        bound.influences += by_rows_alone(bound, scope.sources, body.place)
        return bound

    def _source(self, source: Source, named: Named, scope: Scope, bound: Bound) -> None:
        """Put a source in reach. Every source may read those before it, as if it were LATERAL."""
        if source.relation is not None and source.cte:
            inner = named.get(source.relation.parts[0])
            seen = self._derived(inner or Bound(), source)
            if inner is not None:
                bound.below.append(inner)
        elif source.relation is not None and (inner := self._temporary(source.relation)) is not None:
            seen = self._derived(inner, source)
            bound.below.append(inner)
        elif source.relation is not None:
            seen = self.relations.seen(source.relation)
            if source.like is not None:
                seen = self._shaped(seen, source.like)
            if source.feeds:
                feeds = self._flows(source.feeds, None, Mentions(scope, named, bound))
                seen = fed(seen, feeds)
                bound.influences += multiplying(feeds, source)
        elif source.query is not None:
            inner = self.query(source.query, named, scope)
            bound.below.append(inner)
            seen = self._derived(inner, source)
        else:
            feeds = self._flows(source.feeds, None, Mentions(scope, named, bound))
            seen = Seen(frozenset(), "", {}, [Col("", "", feeds, source.call or Call(""))], feeds=feeds)
            bound.influences += multiplying(feeds, source)
        seen = dressed(seen, source)
        if source.using or source.natural:
            bound.influences += scope.merge(seen, source)
        scope.sources.append(seen)

    def _temporary(self, name: Name) -> Bound | None:
        """Return a table of the session; one that nothing in reach makes is listed, and gives nothing."""
        found = self.session.table(name)
        if found is None and is_temporary(name):
            message = f"nothing in reach makes {name.spelled}"
            remedy = (
                "Submit the procedure that makes it and calls this one, too; otherwise no edge leads from it."
            )
            self.problems[Problem(self.session.place, Reason.UNKNOWN_COLUMNS, message, remedy)] = None
            return Bound([Col("", "", (), Call(name.spelled, listed=True))])
        return found

    def _variable(self, use: Use, place: Place | None, at: Mentions) -> Flows | None:
        """Return what a variable, or a field of a row in one, comes from; None if a name means no variable."""
        variables = self.session.variables
        if use.qualifier == VARIABLES:
            name, _, field = use.column.partition(".")
            bound = variables.get(name, Bound())
        elif use.qualifier:
            bound, field = variables.get(use.qualifier, Bound()), use.column
            if use.qualifier not in variables or at.scope.has(use.qualifier, ""):
                return None
        elif use.column in variables and not at.scope.has("", use.column):
            bound, field = variables[use.column], ""
        else:
            return None
        at.bound.below.append(bound)
        columns = [each for each in bound.columns if not field or each.name == field] or [
            self._of_row(each, use) for each in bound.columns if each.open
        ]
        where = place or (use.place if use.place[1] else self.session.place)
        return tuple(
            flow for column in columns for flow in carried(column.flows, use.how, where, masking=use.masking)
        )

    def _of_row(self, column: Col, use: Use) -> Col:
        """Return a field of a row whose columns are not known."""
        if not isinstance(column.open, str):
            return column
        name = use.column.rpartition(".")[2]
        self.relations.mention(column.open, name, use.spelled)
        return column._replace(flows=(Flow(column.open, name, Subtype.IDENTITY),))

    def _derived(self, inner: Bound, source: Source) -> Seen:
        columns = renamed(inner, source.columns).columns
        if source.like is not None:
            columns = self._called_like(source.like, columns)
        by_name: dict[str, Col] = {}
        for column in columns:
            if not column.open:
                by_name.setdefault(column.name, column)
        opens = tuple(
            dict.fromkeys(each.open for each in columns if each.open and not isinstance(each.open, Call))
        )
        called = [each for each in columns if isinstance(each.open, Call)]
        feeds = once(flow for each in called for flow in each.flows) if called else None
        name = source.relation.parts[-1] if source.relation is not None else ""
        return Seen(frozenset((name,)), name, by_name, columns, opens, feeds, inner.rows)

    def _shaped(self, seen: Seen, name: Name) -> Seen:
        """Return a file under the columns of the relation that it is copied into: each is somewhere in it."""
        temporary = self.session.table(name)
        like = self.relations.seen(name) if temporary is None else self._derived(temporary, Source(""))
        whole = tuple(Flow(key, "", Subtype.IDENTITY) for key in seen.rows)
        order = [Col(each.name, each.spelled, whole) for each in like.order]
        if like.opens:
            order = [Col("", "", whole, Call(name.spelled, listed=True))]
        return seen._replace(order=order)

    def _called_like(self, name: Name, columns: Sequence[Col]) -> list[Col]:
        """Return columns under the names of a relation's, by position; where it is open, any may be any."""
        like = self.relations.seen(name)
        if like.opens or any(column.open for column in columns):
            everything = once(flow for column in columns for flow in column.flows)
            unsure = carried(everything, Subtype.IDENTITY, None, note="its place in the target is not known")
            return [Col("", "", unsure, Call(name.spelled, listed=True))]
        names = [(each.name, each.spelled) for each in like.order]
        return given(columns, names)

    def _star(self, star: Star, at: Mentions) -> list[Col]:
        """Expand a star. What RENAME and REPLACE say of columns that nothing declares is kept."""
        replaced = {each.name: each for each in star.replaced}
        renamed_to = {old: (new, spelled) for old, new, spelled in star.renamed}
        shown = at.scope.star(star)
        note = f"without {', '.join(star.without)}" if star.without else "some of them" * bool(star.choice.kind)
        found = []
        for column in shown:
            if column.open:
                found.append(
                    column._replace(flows=carried(column.flows, Subtype.IDENTITY, star.place, note=note))
                )
            elif column.name in replaced:
                each = replaced.pop(column.name)
                found.append(Col(column.name, column.spelled, self._flows(each.uses, each.place, at)))
            elif column.name not in star.without:
                name, spelled = renamed_to.pop(column.name, (column.name, column.spelled))
                if star.choice is not EVERY or star.alias:
                    called = chosen(star.choice, column.name, column.spelled, star.alias)
                    if called is None:
                        continue
                    name, spelled = (called.lower(), called) if called != spelled else (name, spelled)
                found.append(Col(name, spelled, carried(column.flows, Subtype.IDENTITY, star.place)))
        if any(column.open for column in shown):
            for old, (name, spelled) in renamed_to.items():
                flows, why = at.scope.lookup(star.qualifier, old, old, star.place)
                found.append(Col(name, spelled, carried(flows, Subtype.IDENTITY, star.place, note=why)))
            found += [
                Col(each.name, each.spelled, self._flows(each.uses, each.place, at))
                for each in replaced.values()
            ]
        return found

    def _around(self, star: Star, columns: Sequence[Col], at: Mentions) -> list[Col]:
        """Return what an expression makes of every column that a star in it shows."""
        also = self._flows(star.also, star.place, at)
        return [each._replace(flows=(*carried(each.flows, star.how, None), *also)) for each in columns]

    def _flows(self, uses: Uses, place: Place | None, at: Mentions) -> Flows:
        """Return where the uses of an expression come from, each once."""
        if len(uses) == 1 and type(use := uses[0]) is Use:  # most outputs are a column
            flows = self._used(use, place, at)
            return once(flows) if len(flows) > 1 else flows
        found: list[Flow] = []
        for use in uses:
            if isinstance(use, Use):
                found += self._used(use, place, at)
            elif isinstance(use, Nested):
                found += self._nested(use, place, at)
            else:
                made = at.bound.columns
                columns = (
                    made[use.number - 1 : use.number] if isinstance(use, Nth) else made[: -use.last or None]
                )
                for column in columns:
                    found += carried(column.flows, use.how, place)
        return once(found) if len(found) > 1 else tuple(found)

    def _used(self, use: Use, place: Place | None, at: Mentions) -> Flows:
        """Return where a column, a variable or all rows in reach come from."""
        qualifier, name, spelled, how, masking, own = use
        flows = at.scope.sure(qualifier, name) if name else None
        if flows is not None:
            return carried(flows, how, place or own, masking=masking)
        if self.session.variables or qualifier == VARIABLES:
            held = self._variable(use, place, at)
            if held is not None:
                return held
        if not name:
            return rows_of(at.scope.rows(use), how, place, masking=masking)
        flows, note = at.scope.lookup(qualifier, name, spelled, own, at.aliases)
        return carried(flows, how, place or own, masking=masking, note=note)

    def _nested(self, use: Nested, place: Place | None, at: Mentions) -> list[Flow]:
        inner = self.query(use.query, at.named, at.scope)
        at.bound.below.append(inner)
        if not use.values:  # EXISTS looks for rows, which is a filter where nothing else says how
            filters = [
                flow if flow.column or flow.how is not Subtype.JOIN else flow._replace(how=Subtype.FILTER)
                for flow in inner.influences
            ]
            inner.influences = filters
            return []
        return [
            flow
            for column in inner.columns
            for flow in carried(column.flows, use.how, place, masking=use.masking)
        ]


def all_flows(columns: Iterable[Col], how: Subtype, place: Place) -> Flows:
    """Return what reaches any of these columns, as one influence."""
    return once(placed(flow, how, place) for column in columns for flow in column.flows)
