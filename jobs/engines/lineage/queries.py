"""From the tree of a query to its shape: sources, outputs by position, influences. The tree is only read."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlglot import TokenType, exp

from jobs.engines.lineage.chosen import EVERY, Choice
from jobs.engines.lineage.dialects import LATERAL_ALIASES, MERGED_IN_PLACE, fold, fold_table
from jobs.engines.lineage.entries import NotExplained
from jobs.engines.lineage.expressions import column_use, uses_of
from jobs.engines.lineage.pivots import pivoted, unpivoted
from jobs.engines.lineage.regions import Layout, Region
from jobs.engines.lineage.rewrites import NO_CLAUSES
from jobs.engines.lineage.rows import grouping, numbers_rows, rows, sort
from jobs.engines.lineage.shapes import (
    Act,
    Cte,
    Influence,
    Name,
    Output,
    Place,
    Query,
    Select,
    SetOperation,
    Source,
    Star,
    Uses,
    Write,
    new,
)
from jobs.engines.lineage.sources import add, called, sources_of
from jobs.engines.lineage.stars import chosen_by, expanded
from jobs.engines.lineage.upserts import changing_query, with_ctes
from jobs.engines.lineage.values import Subtype

SELF_WITHOUT_RECURSIVE = frozenset({"oracle", "tsql"})  # a CTE may read itself without the word RECURSIVE


NAMING = (exp.Identifier, exp.Parameter, exp.Var)  # what a part of a relation's name may be


class Reducer:
    """Reduces the queries of one statement. It holds the layout, the names in reach, and what was read."""

    def __init__(self, dialect: str, layout: Layout) -> None:
        self.dialect = dialect
        self.layout = layout
        self.region: Region = layout.root
        self.windows: dict[str, exp.Window] = {}
        self.ctes: frozenset[str] = frozenset()
        self.reads: dict[tuple[str, ...], Name] = {}
        self.named: set[str] = set()  # all named queries
        self.parameters = frozenset[str]()
        self.expanded: list[tuple[Any, Subtype]] = []
        self.unfolded: list[Any] = []
        self.scalars: Mapping[str, tuple[Any, Place, Region]] = {}
        self.numbered = False  # what is read gets ROWNUM, so that its order decides
        self.aliases = frozenset[str]()  # of the sources around
        self.unknown: list[tuple[Place, str]] = []
        self.cut = NO_CLAUSES
        self.changes: list[Write] = []  # by data-changing statements in named queries
        self.acts: list[Act] = []
        self._folded: dict[str, str] = {}

    def name_of(self, identifier: Any) -> str:
        """Return the folded name of an identifier, or of anything that stands for one."""
        args = identifier.args
        spelled = args["this"]
        if type(spelled) is not str:
            spelled = identifier.name
        if args.get("quoted"):
            return fold(spelled, self.dialect, quoted=True)
        folded = self._folded.get(spelled)
        if folded is None:
            folded = self._folded[spelled] = fold(spelled, self.dialect, quoted=False)
        return folded

    def place_of(self, node: Any) -> Place:
        """Return where an identifier or a literal stands; (0, 0) if the tree does not say."""
        meta = node.meta
        start = meta.get("start")
        if start is None:
            return 0, 0
        shift = self.layout.shift
        return start + shift, meta["end"] + 1 + shift

    def relation(self, table: Any) -> Name:
        """Return the name of a relation.

        Raises:
            NotExplained: what stands in the place of a name is none.
        """
        args = table.args
        nodes = [args[key] for key in ("catalog", "db", "this") if args.get(key) is not None]
        while isinstance(nodes[-1], exp.Dot):  # four parts: server.database.schema.table
            nodes[-1:] = [nodes[-1].this, nodes[-1].expression]
        nodes = [node or exp.Identifier(this="", quoted=False) for node in nodes]  # database..table
        if not all(isinstance(node, NAMING) for node in nodes):
            raise NotExplained(f"a name that is computed: {type(nodes[-1]).__name__}")
        words = [_spelling(node) for node in nodes]
        parts = tuple(
            fold_table(word, self.dialect, quoted=bool(node.args.get("quoted")))
            for word, node in zip(words, nodes, strict=True)
        )
        return Name(parts, ".".join(words))

    def dynamic(self, problem: str) -> None:
        """Note why it is not known what the current SELECT reads."""
        place = self.layout.clause(self.region, TokenType.FROM) or self.whole(None)
        self.unknown.append((place, problem))

    def nested(self, node: Any) -> Query:
        """Reduce a query that stands inside an expression of the current SELECT."""
        windows = self.windows
        reduced = self.query(node)
        self.windows = windows
        return reduced

    def query(self, node: Any) -> Query:
        """Reduce a SELECT, a set operation, or either of them in parentheses.

        Raises:
            NotExplained: something in it is not explained.
        """
        outer, scalars, ctes = self.ctes, self.scalars, list[Cte]()
        limits: list[Any] = []
        while isinstance(node, exp.Subquery):
            ctes += self.ctes_of(node)
            limits.append(node)
            node = node.this
            if isinstance(node, exp.Table):
                node = exp.Select(expressions=[exp.Star()], from_=exp.From(this=node))
        numbered, self.numbered = self.numbered, self.numbered or numbers_rows(node, self.dialect)
        ctes += self.ctes_of(node)
        self.numbered = numbered
        if isinstance(node, exp.SetOperation):
            body: Select | SetOperation = self._set_operation(node)
        elif isinstance(node, exp.Select):
            body = self._select(node)
        elif isinstance(node, exp.Values):
            body = self._values(node)
        elif isinstance(node, exp.Pivot):
            body = self._pivot(node)
        elif isinstance(node, exp.DML):  # FROM (MERGE … OUTPUT …) of T-SQL
            return self._changing(node, ())
        else:
            raise NotExplained(f"a query of the kind {type(node).__name__}")
        for wrapper in limits:
            body = body._replace(influences=(*body.influences, *sort(wrapper, self.region, self)))
        self.ctes, self.scalars = outer, scalars
        return Query(tuple(ctes), body)

    def ctes_of(self, node: Any) -> list[Cte]:
        """Reduce the named queries of a WITH clause; they stay in reach of what follows."""
        with_ = node.args.get("with_")
        found = list[Cte]()
        for cte in with_.expressions if with_ else ():
            name = self.name_of(cte.args["alias"].this)
            if cte.args.get("scalar"):
                offset = cte.args["alias"].this.meta.get("start")
                place = self.whole(None) if offset is None else self.layout.before_alias(offset)
                self.scalars = {**self.scalars, name: (cte.this, place, self.region)}
                continue
            recursive = bool(with_.args.get("recursive")) or (
                self.dialect in SELF_WITHOUT_RECURSIVE and isinstance(cte.this, exp.SetOperation)
            )
            before = self.ctes
            self.named.add(name)
            self.ctes = before | {name} if recursive else before
            is_query = isinstance(cte.this, exp.Query | exp.Values | exp.Pivot)
            reduced = self.query(cte.this) if is_query else self._changing(cte.this, found)
            self.ctes = before | {name}
            reads_itself = recursive and isinstance(reduced.body, SetOperation)
            found.append(Cte(name, self.columns_of(cte), reduced, reads_itself))
        return found

    def _changing(self, node: Any, ctes: Sequence[Cte]) -> Query:
        """Reduce a data-changing statement in a named query; those before it are in its reach."""
        first = len(self.changes)
        reduced = changing_query(node, self)
        for at in range(first, len(self.changes)):
            query = self.changes[at].query
            if query is not None:
                self.changes[at] = self.changes[at]._replace(query=with_ctes(ctes, query))
        return reduced

    def expression_named(self, name: str) -> tuple[Uses, Place]:
        """Return what the expression that WITH names mentions, and its place; it may not mean itself."""
        known, region = self.scalars, self.region
        node, place, self.region = known[name]
        self.scalars = {each: what for each, what in known.items() if each != name}
        found = uses_of(node, self)
        self.scalars, self.region = known, region
        return found, place

    def columns_of(self, node: Any) -> tuple[tuple[str, str], ...]:
        """Return the column aliases of a source or of a named query."""
        alias = node.args.get("alias")
        columns = alias.args.get("columns") if isinstance(alias, exp.TableAlias) else None
        return tuple((self.name_of(column), column.name) for column in columns or ())

    def _values(self, node: Any) -> Select:
        """VALUES is a SELECT whose outputs unite the expressions of their column."""
        columns: list[list[Any]] = []
        for row in node.expressions:
            cells = row.expressions if isinstance(row, exp.Tuple) else [row]
            columns += [[] for _ in range(len(cells) - len(columns))]
            for position, cell in enumerate(cells):
                if not isinstance(cell, exp.Literal):
                    columns[position] += uses_of(cell, self)
        names = self.columns_of(node)
        outputs = tuple(
            Output(*(names[position] if position < len(names) else ("", "")), tuple(uses), (0, 0))
            for position, uses in enumerate(columns)
        )
        return Select((), outputs, (), distinct=False, lateral_aliases=False, merged_first=False, place=(0, 0))

    def _pivot(self, node: Any) -> Select:
        """PIVOT t ON … USING … and UNPIVOT t ON … as statements of their own."""
        sources: list[Source] = []
        add(node.this, Source(""), self, sources, [])
        make = unpivoted if node.args.get("unpivot") else pivoted
        body = make(node, sources, self, self.whole(None)).body
        assert isinstance(body, Select)  # noqa: S101 - it is made so
        return body

    def _set_operation(self, node: Any) -> SetOperation:
        """Flatten a left-deep chain without recursion: a thousand branches are one level."""
        chain = []
        while isinstance(node, exp.SetOperation):
            chain.append(node)
            if node.args.get("with_") and len(chain) > 1:
                break
            node = node.this
        chain.reverse()
        branches, operators, influences = (
            [self.query(chain[0].this)],
            list[tuple[str, bool]](),
            list[Influence](),
        )
        modes = {_by_name(step) for step in chain}
        if len(modes) > 1:
            raise NotExplained("a set operation by name inside one by place")
        for step in chain:
            branches.append(self.query(step.expression))
            operators.append((step.key.upper(), bool(step.args.get("distinct", True))))
            last = self.region.inner[-1] if self.region.inner else None
            influences += sort(step, last, self)
        mode = modes.pop() if modes else ""
        return SetOperation(tuple(branches), tuple(operators), tuple(influences), self.whole(None), mode)

    def _select(self, node: Any) -> Select:
        outer_region, outer_windows = self.region, self.windows
        outer_unfolded, outer_aliases, numbered = self.unfolded, self.aliases, self.numbered
        region = self._locate(node)
        self.region = region or outer_region
        self.windows = {self.name_of(each.this): each for each in node.args.get("windows") or ()}
        whole = self.whole(region)
        places = self.layout.items(region) if region else []
        if len(places) != len(node.expressions):
            places = [whole] * len(node.expressions)
        self.numbered = numbered or numbers_rows(node, self.dialect)
        sources, joined = sources_of(node, self, whole)
        self.numbered, self.unfolded = numbered, []
        self.aliases = outer_aliases | {called(source) for source in sources}
        outputs = list[Output | Star]()
        for each, place in zip(node.expressions, places, strict=True):
            outputs.append(self.output(each, place))
            joined += self.unfolding(place)
        distinct = node.args.get("distinct")
        influences = [*joined, *rows(node, region, whole, self), *grouping(node, region, whole, self)]
        influences += self.unfolding(whole)
        if isinstance(distinct, exp.Distinct) and distinct.args.get("on"):
            influences.append(
                Influence(
                    Subtype.GROUP_BY, uses_of(distinct.args["on"], self, Subtype.GROUP_BY), whole, aliases=True
                )
            )
        influences += sort(node, region, self)
        self.region, self.windows = outer_region, outer_windows
        self.unfolded, self.aliases = outer_unfolded, outer_aliases
        return Select(
            tuple(sources),
            tuple(outputs),
            tuple(each for each in influences if each.uses),
            distinct=isinstance(distinct, exp.Distinct) and not distinct.args.get("on"),
            lateral_aliases=self.dialect in LATERAL_ALIASES,
            merged_first=self.dialect not in MERGED_IN_PLACE,
            place=whole,
        )

    def unfolding(self, place: Place) -> list[Influence]:
        """Return what decides how many rows functions such as UNNEST make in an output list."""
        if not self.unfolded:
            return []
        nodes, self.unfolded = self.unfolded, []
        values = [value for node in nodes for value in node.args.values()]
        uses = [
            use
            for value in values
            for each in (value if isinstance(value, list) else [value])
            if isinstance(each, exp.Expr)
            for use in uses_of(each, self, Subtype.JOIN)
        ]
        self.unfolded = []
        return [Influence(Subtype.JOIN, tuple(uses), place)]

    def _locate(self, node: Any) -> Region | None:
        """Find the tokens of a SELECT by any place inside of it. Cost: constant for most."""
        for key in ("expressions", "from_", "where", "limit"):
            value = node.args.get(key)
            for start in value if isinstance(value, list) else (value,):
                for inside in start.walk() if start is not None else ():
                    offset = inside.meta.get("start")
                    if offset is not None:
                        return self.layout.find(self.region, offset)
        return self.region.inner[0] if len(self.region.inner) == 1 else None  # SELECT @x has no places

    def whole(self, region: Region | None) -> Place:
        """Return the place of a SELECT, or of what stands around it."""
        around = region or self.region
        if around.first >= 0:
            return self.layout.place(around.first, around.last)
        return self.layout.place(0, len(self.layout.tokens))

    def output(self, node: Any, place: Place) -> Output | Star:
        """Reduce one item of an output list."""
        kind = type(node)
        if kind is exp.Alias and type(node.this) is exp.Column:
            alias = node.args["alias"]
            return new(Output, (self.name_of(alias), alias.name, column_use(node.this, self), place))
        if kind is exp.Column and type(node.this) is exp.Star:
            qualifier = ".".join(
                self.name_of(node.args[key]) for key in ("catalog", "db", "table") if node.args.get(key)
            )
            return self.star(node.this, qualifier, place)
        if kind is exp.Star:
            return self.star(node, "", place)
        if kind is exp.Apply or (kind is exp.Like and type(node.this) is exp.Star):
            return chosen_by(node, self, place)
        if kind is exp.Alias:
            alias = node.args["alias"]
            return self._shown(self.name_of(alias), alias.name, uses_of(node.this, self), place)
        if kind is exp.Column:
            return Output(self.name_of(node.this), node.name, column_use(node, self), place)
        if kind is exp.Dot and isinstance(node.expression, exp.Identifier):
            return Output(self.name_of(node.expression), node.expression.name, uses_of(node, self), place)
        if kind is exp.Aliases:
            raise NotExplained("several aliases for one expression", place)
        if kind is exp.QueryTransform:
            raise NotExplained("TRANSFORM by a program", place)
        return self._shown("", "", uses_of(node, self), place)

    def _shown(self, name: str, spelled: str, uses: Uses, place: Place) -> Output | Star:
        """Return an output, or those that `COLUMNS(…)` makes of it."""
        if self.expanded:
            return expanded(self, spelled, uses, place)
        return new(Output, (name, spelled, uses, place))

    def star(self, node: Any, qualifier: str, place: Place) -> Star:
        """Reduce a star with what it leaves out, replaces, renames or chooses."""
        args = node.args
        without = tuple(self.name_of(_identifier(each)) for each in args.get("except_") or ())
        replaced = tuple(self.output(each, place) for each in args.get("replace") or ())
        renamed = tuple(
            (self.name_of(_identifier(each.this)), self.name_of(each.args["alias"]), each.alias)
            for each in args.get("rename") or ()
        )
        like = args.get("ilike")
        choice = Choice("ilike", like.name) if like is not None else EVERY
        plain = tuple(each for each in replaced if isinstance(each, Output))
        return Star(qualifier, without, plain, renamed, place, choice)


def _identifier(node: Any) -> Any:
    return node.this if isinstance(node, exp.Column) else node


def _by_name(step: Any) -> str:
    """Return whose columns a set operation by name gives; nothing where places count."""
    if not step.args.get("by_name"):
        return ""
    words = [str(step.args.get(key) or "").upper() for key in ("side", "kind")]
    return next((word for word in words if word in {"LEFT", "INNER"}), "FULL")


def _spelling(node: Any) -> str:
    word: str = node.name
    if isinstance(node, exp.Parameter):
        return f"@{word}"
    if node.args.get("global_"):
        return f"##{word}"
    if node.args.get("temporary"):
        return f"#{word}"
    return word
