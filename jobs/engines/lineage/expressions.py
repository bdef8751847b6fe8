"""What an expression mentions, and in which role: columns, outputs by number, nested queries."""

from collections.abc import Callable
from typing import Any, TypeAlias

from sqlglot import exp

from jobs.engines.lineage.aggregates import is_aggregate
from jobs.engines.lineage.dialects import fold, word_set
from jobs.engines.lineage.functions import UNFOLDING, UNFOLDS
from jobs.engines.lineage.lookups import is_lookup, lookup
from jobs.engines.lineage.roles import BELOW, COMPOSED, RANK
from jobs.engines.lineage.shapes import Nested, Use, Uses, new, value_query
from jobs.engines.lineage.values import Subtype
from jobs.engines.lineage.variables import element, variable
from jobs.engines.lineage.walk import COPIED, LEAVES, PASSED_OVER, ROLES, Names, Role, Walk

IDENTITY, TRANSFORMATION, AGGREGATION = Subtype.IDENTITY, Subtype.TRANSFORMATION, Subtype.AGGREGATION
CONDITIONAL, WINDOW = Subtype.CONDITIONAL, Subtype.WINDOW

KEEPS_ROLE = (exp.Alias, exp.Paren, exp.Distinct, exp.IgnoreNulls, exp.RespectNulls, exp.Ordered, exp.Aliases)
NOT_AN_AGGREGATE = (
    exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue, exp.RowNumber, exp.Rank, exp.DenseRank,
    exp.PercentRank, exp.CumeDist, exp.Ntile, exp.Grouping, exp.GroupingId,
)  # fmt: skip
DATE_PARTS = word_set(
    "year yy yyyy quarter qq q month mm m dayofyear dy y day dd d week wk ww weekday dw hour hh minute "
    "mi n second ss s millisecond ms microsecond mcs nanosecond ns iso_week isowk tzoffset"
)
MASKS = word_set(
    "md5 md5digest md5numberlower64 md5numberupper64 md5_number md5_hex md5_binary sha sha1 sha2 sha224 "
    "sha256 sha384 sha512 sha1digest sha2digest sha1_hex sha2_hex sha1_binary sha2_binary hashbytes "
    "hash standardhash standard_hash mask mask_first_n mask_last_n mask_show_first_n mask_show_last_n "
    "mask_hash xxhash64 farm_fingerprint farmfingerprint hmac crypt dbms_crypto redact tokenize "
    "anonymize siphash64 murmurhash cityhash64"
)  # fmt: skip
METHODS = word_set("value nodes query exist modify")  # of an XML column; dbo.f(x) looks the same
PSEUDO_COLUMNS = {
    "oracle": word_set(
        "ROWNUM ROWID LEVEL SYSDATE USER SYSTIMESTAMP CONNECT_BY_ISLEAF CONNECT_BY_ISCYCLE ORA_ROWSCN"
    ),
    "redshift": frozenset({"level"}),
    "sqlite": frozenset({"rowid", "_rowid_"}),
    "trino": frozenset({"$path", "$partition", "$bucket", "$file_size", "$file_modified_time"}),
    "tsql": frozenset({"$action"}),
}
SEQUENCE_VALUES = frozenset({"NEXTVAL", "CURRVAL"})  # of sequences, which look like tables


Rule: TypeAlias = Callable[[Any, Role, Walk], None]


def uses_of(node: Any, names: Names, how: Subtype = IDENTITY) -> Uses:
    """Return what an expression mentions, in order of appearance as far as the tree tells.

    Cost: linear in the nodes of the expression; nested queries are reduced once. Chains of any length are fine.
    """
    walk = Walk(names)
    stack = walk.stack
    stack.append((node, ROLES[how, False]))
    while stack:
        node, role = stack.pop()
        kind = type(node)
        rule = RULES.get(kind)
        if rule is None:
            rule = RULES[kind] = rule_for(kind)
        rule(node, role, walk)
    return tuple(walk.found)


def column_use(node: Any, names: Names) -> Uses:
    """Return what `uses_of` returns for a column, which most outputs are, without the walk."""
    if names.scalars:
        return uses_of(node, names)
    use = mention(node, COPIED, names)
    return () if use is None else (use,)


def column(node: Any, role: Role, walk: Walk) -> None:
    """Add a mention of a column, or of all of a relation (`t.*` inside an expression)."""
    if walk.names.scalars and _named_expression(node, role, walk):
        return
    use = mention(node, role, walk.names)
    if use is not None:
        walk.found.append(use)


def _named_expression(node: Any, role: Role, walk: Walk) -> bool:
    """Mention what `WITH expression AS name` names, like a query for one value; it may not mean itself."""
    names, known = walk.names, walk.names.scalars
    name = names.name_of(node.this) if isinstance(node.this, exp.Identifier) else ""
    if node.args.get("table") is not None or name not in known:
        return False
    found, place = names.expression_named(name)
    counted = [use for use in found if isinstance(use, Use) and not use.column]  # rows of the sources around
    walk.found += [use._replace(how=COMPOSED[role.how][use.how]) for use in counted]
    uses = tuple(use for use in found if use not in counted)
    if uses:
        walk.found.append(Nested(value_query(name, uses, place), role.how, role.masking, values=True))
    return True


def mention(node: Any, role: Role, names: Names) -> Use | None:
    """Return the mention of a column; None for what only looks like one, such as ROWNUM."""
    args = node.args
    this, table = args["this"], args.get("table")
    if table is None:
        qualifier = ""
    elif args.get("db"):
        qualifier = ".".join([names.name_of(args[key]) for key in ("catalog", "db", "table") if args.get(key)])
    else:
        qualifier = names.name_of(table)
    if type(this) is exp.Parameter:  # t.$1
        number = this.this
        return Use(
            qualifier, f"${number.name}", f"${number.name}", role.how, role.masking, names.place_of(number)
        )
    if type(this) is exp.Star:
        return Use(qualifier, "", "*", role.how, role.masking, names.place_of(table))
    name = names.name_of(this)
    if qualifier:
        if name in SEQUENCE_VALUES:
            return None
    elif name in PSEUDO_COLUMNS.get(names.dialect, ()) or name in names.parameters:
        return None
    spelled = this.args["this"]  # `name` gives the same for all that hold no text, and takes longer
    if type(spelled) is not str:
        spelled = this.name
    how, masking = role
    return new(Use, (qualifier, name, spelled, how, masking, names.place_of(this)))


def rule_for(kind: type) -> Rule:
    """Return how nodes of a class are walked. Asked once a class."""
    if issubclass(kind, LEAVES) or not issubclass(kind, exp.Expr):
        return leaf
    if issubclass(kind, KEEPS_ROLE):
        return keeping
    if issubclass(kind, exp.Count):
        return count
    if issubclass(kind, UNFOLDS):
        return unfolding
    if kind.__name__.endswith("ArrayAgg") or kind.__name__.endswith("ObjectAgg"):  # of JSON: no AggFunc
        return aggregate
    if issubclass(kind, exp.AggFunc) and not issubclass(kind, NOT_AN_AGGREGATE):
        return aggregate
    if issubclass(kind, exp.Query):
        return query
    return hiding if kind.key in MASKS else anything


def leaf(_: Any, __: Role, ___: Walk) -> None:
    """Mention nothing."""


def keeping(node: Any, role: Role, walk: Walk) -> None:
    """Walk on in the same role: an alias or a parenthesis changes no value."""
    for value in node.args.values():
        walk.push(value, role)


def anything(node: Any, role: Role, walk: Walk) -> None:
    """Walk on below an operator or function."""
    below, stack = role.below(), walk.stack
    for value in reversed(node.args.values()):
        kind = type(value)
        if kind is list:
            stack += [(each, below) for each in reversed(value) if type(each) not in PASSED_OVER]
        elif kind not in PASSED_OVER:
            stack.append((value, below))


def hiding(node: Any, role: Role, walk: Walk) -> None:
    """Walk on below a hash or a mask."""
    anything(node, role.masked(), walk)


def unfolding(node: Any, role: Role, walk: Walk) -> None:
    """Walk on below a function that makes several rows of one: what it takes decides about rows, too."""
    walk.names.unfolded.append(node)
    anything(node, role, walk)


def anonymous(node: Any, role: Role, walk: Walk) -> None:
    """Walk on below a function that the parser does not know; a date part is no column."""
    called, arguments = str(node.this).lower(), node.expressions
    if (
        called == "values" and len(arguments) == 1
    ):  # of ON DUPLICATE KEY UPDATE: the row that was to be inserted
        this, names = arguments[0], walk.names
        place = names.place_of(this)
        walk.found.append(Use("values", names.name_of(this), this.name, role.how, role.masking, place))
        return
    if is_lookup(called, walk.names) and arguments:
        lookup(node, role, walk)
        return
    if UNFOLDING.match(called):
        walk.names.unfolded.append(node)
    if walk.names.dialect == "oracle":  # an element of a collection looks the same
        element(called, "", role, walk)
    if called.startswith(("date", "time")) and arguments and arguments[0].name.lower() in DATE_PARTS:
        arguments = arguments[1:]
    below = role.aggregated().how if is_aggregate(called, walk.names.dialect) else BELOW[role.how]
    walk.push(arguments, Role(below, role.masking or called in MASKS))


def named_argument(node: Any, role: Role, walk: Walk) -> None:
    """Walk on in the value of `name => value`."""
    walk.push(node.expression, role.below())


def entry(node: Any, role: Role, walk: Walk) -> None:
    """Walk on in `key: value`; a key that is a column is a source of a map."""
    walk.push(node.expression, role.below())
    if isinstance(node.this, exp.Column):
        walk.push(node.this, role.below())


def star(_: Any, role: Role, walk: Walk) -> None:
    """Mention all rows in reach."""
    walk.found.append(Use("", "", "*", role.how, role.masking, (0, 0)))


def count(node: Any, role: Role, walk: Walk) -> None:
    """Mention what is counted: a column, or for `COUNT(*)` and `COUNT(1)` the rows."""
    if node.this is None or type(node.this) in (exp.Star, exp.Literal):
        star(node, role.aggregated(), walk)
        return
    walk.push([node.this, *node.expressions], role.aggregated())


def aggregate(node: Any, role: Role, walk: Walk) -> None:
    """Walk on below an aggregate."""
    inside = role.aggregated()
    inside = inside.masked() if node.key in MASKS else inside
    for value in reversed(node.args.values()):
        walk.push(value, inside)


def query(node: Any, role: Role, walk: Walk) -> None:
    """Mention a nested query. Made one value by AS STRUCT or FOR XML, its outputs are parts of it."""
    args = node.this.args if isinstance(node, exp.Subquery) else node.args
    how = BELOW[role.how] if args.get("kind") else role.how
    how = COMPOSED[how][AGGREGATION] if args.get("for_") else how
    walk.found.append(Nested(walk.names.nested(node), how, role.masking, values=True))


def array(node: Any, role: Role, walk: Walk) -> None:
    """Walk on below a list of values, or mention the query whose rows become one: their order is in it."""
    only = node.expressions[0] if len(node.expressions) == 1 else None
    if not isinstance(only, exp.Query):
        anything(node, role, walk)
        return
    names, before = walk.names, walk.names.numbered
    names.numbered = True
    walk.found.append(Nested(names.nested(only), BELOW[role.how], role.masking, values=True))
    names.numbered = before


def dot(node: Any, role: Role, walk: Walk) -> None:
    """Walk on below `a.b`; in `a.method(…)` the parser leaves `a` or `t.a` bare names, which are a column."""
    this, names, called = node.this, walk.names, node.expression.name.lower()
    if called == "columns" and isinstance(node.expression, exp.Anonymous):  # t.COLUMNS('a')
        columns(node, role, walk)
        return
    if isinstance(this, exp.Placeholder | exp.Parameter) and isinstance(node.expression, exp.Identifier):
        row, field = fold(this.name, names.dialect, quoted=False), node.expression
        how, place = BELOW[role.how] if role.how not in RANK else role.how, names.place_of(field)
        walk.found.append(Use(row, names.name_of(field), field.name, how, role.masking, place))
        return
    if isinstance(this, exp.Anonymous) and names.dialect == "oracle":
        element(str(this.this), node.expression.name, role, walk)
        return
    if called in METHODS:
        words = [this.this, this.expression] if isinstance(this, exp.Dot) else [this]
        if all(isinstance(word, exp.Identifier) for word in words):
            names, last = walk.names, words[-1]
            qualifier = names.name_of(words[0]) if len(words) == 2 else ""
            how, place = BELOW[role.how], names.place_of(last)
            walk.found.append(Use(qualifier, names.name_of(last), last.name, how, role.masking, place))
    anything(node, role, walk)


def exists(node: Any, role: Role, walk: Walk) -> None:
    """Mention a nested query whose outputs do not matter; EXISTS is a function of arrays in some dialects."""
    if isinstance(node.this, exp.Query):
        walk.found.append(Nested(walk.names.nested(node.this), role.how, role.masking, values=False))
    else:
        anything(node, role, walk)


def case(node: Any, role: Role, walk: Walk) -> None:
    """Walk on in the branches; what is compared is a condition."""
    args = node.args
    walk.push(args.get("default"), role.below())
    walk.push(args["ifs"], role)
    walk.push(args.get("this"), role.as_(CONDITIONAL))


def if_(node: Any, role: Role, walk: Walk) -> None:
    """Walk on in both branches; the test is a condition."""
    args = node.args
    walk.push(args.get("false"), role.below())
    walk.push(args.get("true"), role.below())
    walk.push(args["this"], role.as_(CONDITIONAL))


def window(node: Any, role: Role, walk: Walk) -> None:
    """Walk on in a function over a window, named or not; the window itself has its own role."""
    names, seen, frame = walk.names, set[str](), node
    while frame is not None:
        walk.push(frame.args.get("order"), role.as_(WINDOW))
        walk.push(frame.args.get("partition_by"), role.as_(WINDOW))
        spec = frame.args.get("spec")
        if spec is not None:  # ROWS n PRECEDING, where n may be a column
            walk.push([spec.args.get("start"), spec.args.get("end")], role.as_(WINDOW))
        base = frame.args.get("alias") or frame.args.get("first")
        name = names.name_of(base) if isinstance(base, exp.Identifier) else ""
        frame = None if name in seen else names.windows.get(name)
        seen.add(name)
    walk.push(node.this, role.below())


def comprehension(node: Any, role: Role, walk: Walk) -> None:
    """Walk on in `[x + a for x in list if x > b]`; its variable is no column."""
    names, variable = walk.names, node.expression
    own = names.name_of(variable.this if isinstance(variable, exp.Column) else variable)
    for part in (node.this, node.args.get("condition")):
        if isinstance(part, exp.Expr):
            walk.found += [
                use
                for use in uses_of(part, names, BELOW[role.how])
                if not (isinstance(use, Use) and not use.qualifier and use.column == own)
            ]
    walk.push(node.args.get("iterator"), role.below())


def filter_(node: Any, role: Role, walk: Walk) -> None:
    """Walk on in `SUM(x) FILTER (WHERE y)`: `y` is a condition of this output only."""
    walk.push(node.expression, role.as_(CONDITIONAL))
    walk.push(node.this, role)


def order(node: Any, role: Role, walk: Walk) -> None:
    """Walk on in `ARRAY_AGG(x ORDER BY y)`, or in the ORDER BY of a window."""
    walk.push(node.expressions, role.as_(WINDOW))
    walk.push(node.args.get("this"), role)


def within_group(node: Any, role: Role, walk: Walk) -> None:
    """Walk on in an ordered aggregate: a percentile takes its values from the ORDER BY."""
    takes_values = node.this.find(exp.Column) is None
    walk.push(node.expression.expressions, role.aggregated() if takes_values else role.as_(WINDOW))
    walk.push(node.this, role)


def columns(node: Any, role: Role, walk: Walk) -> None:
    """Note `COLUMNS(…)`, which makes one output of an expression for each column that it shows."""
    walk.names.expanded.append((node, role.how))


def lambda_(node: Any, role: Role, walk: Walk) -> None:
    """Walk on in the body of a lambda; its parameters are no columns."""
    walk.push(node.this, role.below())


RULES: dict[type, Rule] = {
    exp.Array: array,
    exp.Column: column,
    exp.Star: star,
    exp.Exists: exists,
    exp.Dot: dot,
    exp.Case: case,
    exp.If: if_,
    exp.Window: window,
    exp.Filter: filter_,
    exp.Order: order,
    exp.WithinGroup: within_group,
    exp.Lambda: lambda_,
    exp.Columns: columns,
    exp.Comprehension: comprehension,
    exp.Parameter: variable,
    exp.Anonymous: anonymous,
    exp.Kwarg: named_argument,
    exp.PropertyEQ: entry,
    exp.Placeholder: variable,
    exp.NextValueFor: leaf,
}
"""How single classes are walked; the others are added when they are first met."""
