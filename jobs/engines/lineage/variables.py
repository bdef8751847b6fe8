"""Mentions of variables in expressions: `@x`, `:x`, an element of a collection."""

from typing import Any

from sqlglot import exp

from jobs.engines.lineage.dialects import fold
from jobs.engines.lineage.shapes import VARIABLES, Use
from jobs.engines.lineage.walk import Role, Walk


def element(called: str, field: str, role: Role, walk: Walk) -> None:
    """Mention an element of a collection in a variable, or a field of it: `rows(i).total`."""
    name = ".".join(fold(each, walk.names.dialect, quoted=False) for each in (called, field) if each)
    walk.found.append(Use(VARIABLES, name, field or called, role.how, role.masking, (0, 0)))


def variable(node: Any, role: Role, walk: Walk) -> None:
    """Mention a variable: `@x`, `:x`; `$1` of Snowflake is a column of a staged file.

    What the system says, such as `@@ROWCOUNT`, comes from nowhere.
    """
    this, names = node.this, walk.names
    if isinstance(this, exp.Literal):
        if names.dialect == "snowflake" and not this.is_string:
            called = f"${this.name}"
            walk.found.append(Use("", called, called, role.how, role.masking, names.place_of(this)))
        return
    name = this if isinstance(this, str) else this.name if isinstance(this, exp.Var | exp.Identifier) else ""
    if name:
        name = ("@" if isinstance(node, exp.Parameter) else "") + fold(name, names.dialect, quoted=False)
        walk.found.append(Use(VARIABLES, name, name, role.how, role.masking, (0, 0)))
