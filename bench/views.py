"""Catalogs of views whose lineage is known, for each expression is made together with what it is made of.

Eight shapes, chained: a view reads tables and views before it. The same seed gives the same texts. They run on
any database, for every column is an integer, and names need no quotes.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

SEED = 20_261_125
TABLES = 60
NARROW, WIDE = 10, 30  # columns of a view
NEAR = 40  # views back that a view may read, besides all tables
WORDS = (
    "amount", "price", "quantity", "discount", "tax", "weight", "total", "balance", "cost", "margin", "rate",
    "score", "stock", "orders", "customer", "product", "store", "region", "supplier", "account", "period",
    "channel", "segment", "campaign", "budget", "target", "actual", "limit_value",
)  # fmt: skip

End: TypeAlias = tuple[str, str]  # a relation and one of its columns
Pair: TypeAlias = tuple[str, str, str]  # a relation and its column, and the output that it flows into


@dataclass(frozen=True, slots=True)
class Relation:
    """A name with its columns, in order."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class View(Relation):
    """A view with its text and the truth about it.

    `pairs` are the columns that values come from. `near` are pairs of what values depend on in other ways (a
    condition, a window, a correlation): tools differ about whether those are sources, so they count for nobody.
    """

    sql: str
    pairs: frozenset[Pair]
    near: frozenset[Pair]


@dataclass(frozen=True, slots=True)
class Catalog:
    """Tables, and views in an order in which they can be created."""

    tables: tuple[Relation, ...]
    views: tuple[View, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """An expression, what its value comes from, and what it depends on besides."""

    sql: str
    ends: frozenset[End] = frozenset()
    near: frozenset[End] = frozenset()


@dataclass(frozen=True, slots=True)
class Form:
    """An expression with gaps: the gaps at `values` give its value, the others only decide about it."""

    sql: str
    gaps: int
    values: frozenset[int]


def form(sql: str, gaps: int, values: Sequence[int] | None = None) -> Form:
    return Form(sql, gaps, frozenset(range(gaps) if values is None else values))


SIMPLE = (
    *(form("{0}", 1),) * 3,
    form("{0} + {1}", 2),
    form("{0} - {1}", 2),
    form("COALESCE({0}, {1}, 0)", 2),
    form("({0} + {1}) % (1 + ABS({2}))", 3),
    form("CAST({0} AS INTEGER)", 1),
    form("NULLIF({0}, 0)", 1),
    form("GREATEST({0}, {1}, {2})", 3),
    form("ABS({0} - {1}) + {2} - {3}", 4),
)
BRANCHES = (
    form("CASE WHEN {0} > 0 THEN {0} ELSE {1} END", 2),
    form("CASE WHEN {0} > {1} THEN {2} ELSE {3} END", 4, (2, 3)),
    form("CASE {0} WHEN 1 THEN {1} WHEN 2 THEN {2} ELSE {3} + {4} END", 5, (1, 2, 3, 4)),
    form("COALESCE(CASE WHEN {0} IS NULL THEN {1} END, {2})", 3, (1, 2)),
)
WINDOWS = (
    form("SUM({0}) OVER (PARTITION BY {1} ORDER BY {2})", 3, (0,)),
    form("LAG({0}, 1, 0) OVER (PARTITION BY {1} ORDER BY {2})", 3, (0,)),
    form("{0} - MAX({1}) OVER (PARTITION BY {2})", 3, (0, 1)),
    form("ROW_NUMBER() OVER (PARTITION BY {0} ORDER BY {1})", 2, ()),
    form("FIRST_VALUE({0} + {1}) OVER (ORDER BY {2})", 3, (0, 1)),
)
AGGREGATES = (
    form("SUM({0})", 1),
    form("SUM({0} + {1})", 2),
    form("MAX({0}) - MIN({1})", 2),
    form("COUNT(DISTINCT {0})", 1),
    form("MAX(COALESCE({0}, {1}) - {2})", 3),
    form("SUM(CASE WHEN {0} > 0 THEN {1} + {2} ELSE {3} END)", 4, (1, 2, 3)),
    form("MIN(ABS({0}))", 1),
)


def filled(chosen: Form, values: Sequence[Value]) -> Value:
    """Return a form with its gaps filled."""
    ends = frozenset(end for at in chosen.values for end in values[at].ends)
    near = frozenset(end for value in values for end in (*value.ends, *value.near))
    return Value(chosen.sql.format(*(value.sql for value in values)), ends, near - ends)


@dataclass(slots=True)
class Author:
    """Writes views, one after the other."""

    chance: random.Random
    tables: list[Relation] = field(default_factory=list)
    views: list[View] = field(default_factory=list)

    def names(self, count: int) -> list[str]:
        words = self.chance.choices(WORDS, k=count)
        return [f"{word}_{at:02}" for at, word in enumerate(words, start=1)]

    def source(self) -> Relation:
        """Return what a view reads: as often a view before it as a table."""
        near = self.views[-NEAR:]
        return self.chance.choice(near if near and self.chance.random() < 0.5 else self.tables)

    def one_of(self, forms: Sequence[Form], scope: Sequence[Value]) -> Value:
        chosen = self.chance.choice(forms)
        return filled(chosen, self.chance.choices(scope, k=chosen.gaps))

    def outputs(self, count: int, forms: Sequence[Form], scope: Sequence[Value]) -> "Outputs":
        return Outputs([(name, self.one_of(forms, scope)) for name in self.names(count)])


@dataclass(slots=True)
class Outputs:
    """The output list of a query."""

    given: list[tuple[str, Value]]

    def __str__(self) -> str:
        return ",\n".join(f"    {value.sql} AS {name}" for name, value in self.given)

    def reached(self, alias: str) -> list[Value]:
        """Return the outputs as a query around this one names them."""
        return [Value(f"{alias}.{name}", value.ends, value.near) for name, value in self.given]


def reached(relation: Relation, alias: str = "") -> list[Value]:
    """Return the columns of a relation as a query names them."""
    before = f"{alias}." if alias else ""
    return [Value(f"{before}{column}", frozenset({(relation.name, column)})) for column in relation.columns]


Query: TypeAlias = tuple[str, list[tuple[str, Value]]]  # its text, its outputs


def joined(author: Author, count: int) -> Query:
    """Three sources side by side."""
    one, two, three = author.source(), author.source(), author.source()
    a, b, c = reached(one, "a"), reached(two, "b"), reached(three, "c")
    made = author.outputs(count, SIMPLE, [*a, *b, *c])
    sql = (
        f"SELECT\n{made}\nFROM {one.name} AS a\nJOIN {two.name} AS b ON {a[0].sql} = {b[0].sql}\n"
        f"LEFT JOIN {three.name} AS c ON {c[0].sql} = {b[1].sql} AND {c[1].sql} > 0\nWHERE {a[2].sql} > 10"
    )
    return sql, made.given


def named(author: Author, count: int) -> Query:
    """Named queries, the second of which reads the first."""
    one, two = author.source(), author.source()
    a, b = reached(one), reached(two, "b")
    first = author.outputs(count, SIMPLE, a)
    x = first.reached("x")
    second = author.outputs(count, SIMPLE, [*x, *b])
    last = author.outputs(count, SIMPLE[:8], [*x, *second.reached("y")])
    sql = (
        f"WITH x AS (\nSELECT\n{first}\nFROM {one.name}\nWHERE {a[0].sql} > 0\n), y AS (\nSELECT\n{second}\n"
        f"FROM x\nJOIN {two.name} AS b ON {x[0].sql} = {b[0].sql}\n)\n"
        f"SELECT\n{last}\nFROM y\nJOIN x ON {x[1].sql} = {second.reached('y')[0].sql}"
    )
    return sql, last.given


def united(author: Author, count: int) -> Query:
    """Three branches, by place; only the first one's names count."""
    branches, sides = [], []
    for _ in range(3):
        source = author.source()
        scope = reached(source)
        made = author.outputs(count, SIMPLE, scope)
        branches.append(made.given)
        sides.append(f"SELECT\n{made}\nFROM {source.name}\nWHERE {scope[0].sql} IS NOT NULL")
    outputs = []
    for places in zip(*branches, strict=True):
        ends = frozenset(end for _, value in places for end in value.ends)
        near = frozenset(end for _, value in places for end in value.near)
        outputs.append((places[0][0], Value("", ends, near - ends)))
    return "\nUNION ALL\n".join(sides), outputs


def windowed(author: Author, count: int) -> Query:
    """Windows over a join."""
    one, two = author.source(), author.source()
    a, b = reached(one, "a"), reached(two, "b")
    made = author.outputs(count, (*WINDOWS, *SIMPLE), [*a, *b])
    on = f"{a[0].sql} = {b[0].sql}"
    return f"SELECT\n{made}\nFROM {one.name} AS a\nJOIN {two.name} AS b ON {on}", made.given


def derived(author: Author, count: int) -> Query:
    """A derived table that aggregates, beside a source."""
    one, two = author.source(), author.source()
    a, b = reached(one), reached(two, "b")
    keys = [(name, author.chance.choice(a)) for name in author.names(3)]
    sums = [(f"s_{name}", value) for name, value in author.outputs(count, AGGREGATES, a).given]
    inner = Outputs([*keys, *sums])
    d = inner.reached("d")
    made = author.outputs(count, SIMPLE, [*d, *b])
    grouped = ", ".join(dict.fromkeys(value.sql for _, value in keys))
    sql = (
        f"SELECT\n{made}\nFROM (\nSELECT\n{inner}\nFROM {one.name}\nGROUP BY {grouped}\n) AS d\n"
        f"LEFT JOIN {two.name} AS b ON {b[0].sql} = {d[0].sql}"
    )
    return sql, made.given


def scalar(author: Author, count: int) -> Query:
    """Scalar subqueries among the outputs."""
    one = author.source()
    a = reached(one, "a")
    made = author.outputs(count, SIMPLE, a)
    for at in range(0, count, 5):
        other = author.source()
        s = reached(other, "s")
        inner, outer = author.one_of(AGGREGATES[:3], s), author.chance.choice(a)
        key = s[0]
        near = (inner.near | key.ends | outer.ends) - inner.ends
        sql = f"(SELECT {inner.sql} FROM {other.name} AS s WHERE {key.sql} = {outer.sql})"
        made.given[at] = (made.given[at][0], Value(sql, inner.ends, near))
    return f"SELECT\n{made}\nFROM {one.name} AS a\nWHERE {a[1].sql} < 1000", made.given


def aggregated(author: Author, count: int) -> Query:
    """GROUP BY over a join, with HAVING."""
    one, two = author.source(), author.source()
    a, b = reached(one, "a"), reached(two, "b")
    keys = author.outputs(3, SIMPLE[:1], a).given
    sums = [(f"s_{name}", value) for name, value in author.outputs(count - 3, AGGREGATES, [*a, *b]).given]
    made = Outputs([*keys, *sums])
    grouped = ", ".join(dict.fromkeys(value.sql for _, value in keys))
    sql = (
        f"SELECT\n{made}\nFROM {one.name} AS a\nJOIN {two.name} AS b ON {a[0].sql} = {b[0].sql}\n"
        f"GROUP BY {grouped}\nHAVING COUNT(*) > 1 AND MAX({b[1].sql}) > 0"
    )
    return sql, made.given


def branching(author: Author, count: int) -> Query:
    """CASE over bare names of a source, with an IN over another one."""
    one, two = author.source(), author.source()
    a = reached(one)
    made = author.outputs(count, (*BRANCHES, *BRANCHES, *SIMPLE), a)
    inside = f"SELECT o.{two.columns[0]} FROM {two.name} AS o WHERE o.{two.columns[1]} > 5"
    return f"SELECT\n{made}\nFROM {one.name}\nWHERE {a[3].sql} IN ({inside})", made.given


SHAPES: tuple[Callable[[Author, int], Query], ...] = (
    joined, named, united, windowed, derived, scalar, aggregated, branching,
)  # fmt: skip


def catalog(views: int, *, seed: int = SEED) -> Catalog:
    """Return a catalog of so many views: about 52 pairs a view."""
    author = Author(random.Random(seed))  # noqa: S311 - the same catalog every time
    for number in range(TABLES):
        columns = author.names(author.chance.randint(NARROW, WIDE))
        author.tables.append(Relation(f"raw.t{number:03}", tuple(columns)))
    for number in range(views):
        author.views.append(_view(author, number))
    return Catalog(tuple(author.tables), tuple(author.views))


def _view(author: Author, number: int) -> View:
    query, outputs = SHAPES[number % len(SHAPES)](author, author.chance.randint(NARROW, WIDE))
    name = f"mart.v{number:04}"
    return View(
        name,
        tuple(output for output, _ in outputs),
        f"CREATE VIEW {name} AS\n{query}",
        frozenset((*end, output) for output, value in outputs for end in value.ends),
        frozenset((*end, output) for output, value in outputs for end in value.near),
    )


def tables_sql(tables: Sequence[Relation]) -> Iterator[str]:
    """Yield the CREATE TABLE of each table."""
    for table in tables:
        columns = ", ".join(f"{column} INTEGER" for column in table.columns)
        yield f"CREATE TABLE {table.name} ({columns})"


def wide(columns: int) -> str:
    """Return one view of so many columns over a join."""
    outputs = ",\n".join(f"    COALESCE(a.c{at}, b.c{at + 1}) + a.c0 AS c{at}" for at in range(columns))
    return f"CREATE VIEW mart.wide AS\nSELECT\n{outputs}\nFROM raw.a AS a\nJOIN raw.b AS b ON a.c0 = b.c0"


BLOCK = """\
  IF @day > {at}
  BEGIN
    SELECT
      o.id,
      o.amount + o.tax AS total,
      c.region
    INTO #t{at}
    FROM dbo.orders AS o
    JOIN dbo.customers AS c ON c.id = o.customer
    WHERE o.day = @day
    INSERT INTO dbo.target{at} (id, total, region)
    SELECT t.id, t.total, t.region
    FROM #t{at} AS t
    WHERE t.total > {at}
    UPDATE d
    SET d.total = d.total + t.total
    FROM dbo.sums AS d
    JOIN #t{at} AS t ON t.id = d.id
    DROP TABLE #t{at}
  END"""


def procedure(lines: int) -> str:
    """Return one procedure of SQL Server of about so many lines, through many temporary tables."""
    blocks = (BLOCK.format(at=at) for at in range(lines // (BLOCK.count("\n") + 1)))
    return "\n".join(("CREATE PROCEDURE dbo.long @day INT", "AS", "BEGIN", *blocks, "END"))
