"""The relations of all texts: what defines them, and which columns are known so far."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from jobs.engines.lineage.dialects import fold, name_parts
from jobs.engines.lineage.flows import Col, Flow, Seen
from jobs.engines.lineage.shapes import Made, Name
from jobs.engines.lineage.values import Column, KnownColumns, Relation, RelationKind, Subtype

SESSION = ("#", "@")  # temporary tables and table variables of T-SQL are in no schema


@dataclass(slots=True)
class Known:
    """One relation while inference goes on."""

    key: str
    name: str
    kind: RelationKind = RelationKind.EXTERNAL
    columns: dict[str, Made] = field(default_factory=dict)
    complete: bool = False
    statement: int | None = None
    is_file: bool = False
    seen: Seen | None = None
    listed: tuple[Made, ...] | None = None  # its columns, as `state` last gave them

    def state(self) -> "State":
        """Return all that binding may see of the relation.

        Of one whose columns nothing declares it sees those that were mentioned before it was first read.
        """
        if self.listed is None:
            self.listed = tuple(self.columns.values())
        before = None if self.complete or self.seen is None else tuple(self.seen.columns)
        return self.name, self.kind, self.complete, self.is_file, self.listed, before


State: TypeAlias = tuple[str, RelationKind, bool, bool, tuple[Made, ...], tuple[str, ...] | None]


class Watcher(Protocol):
    """Who is told of what work looks at and what it changes."""

    def looks(self, key: str, relation: Known | None) -> None:
        """A relation is looked at, before it changes; None where there is none yet."""
        ...

    def finds(self, name: Name) -> None:
        """A relation is mentioned for the first time."""
        ...

    def reads(self, key: str) -> None:
        """A relation whose columns nothing declares is read for the first time."""
        ...

    def learns(self, key: str, columns: tuple[Made, ...], *, complete: bool) -> None:
        """The columns of a relation are set."""
        ...

    def mentions(self, key: str, column: str, spelled: str) -> None:
        """A column is mentioned that nothing declares."""
        ...


class Catalog:
    """All relations by key. Binding reads it through `seen` and `mention`."""

    def __init__(self, known: KnownColumns, default_schema: str, dialect: str) -> None:
        self.dialect = dialect
        self.schema = tuple(name_parts(default_schema, dialect)) if default_schema else ()
        self.shown_schema = default_schema
        self.watcher: Watcher | None = None
        self.relations: dict[str, Known] = {}
        for name in sorted(known):
            relation = self.relation(Name(tuple(name_parts(name, dialect)), name))
            columns = [
                Made(each.key or fold(each.name, dialect, quoted=False), each.name, each.data_type)
                for each in known[name]
            ]
            self.learn(relation, columns, complete=True)

    def key(self, name: Name) -> str:
        """Return the key of a relation: a bare name gets the default schema."""
        parts = name.parts
        if name.file:
            return name.spelled
        if self.schema and not parts[-1].startswith(SESSION):
            if len(parts) == 1:
                parts = (*self.schema, *parts)
            elif len(parts) == 3 and not parts[1]:  # database..table
                parts = (parts[0], self.schema[-1], parts[2])
        return ".".join(parts)

    def relation(self, name: Name) -> Known:
        """Return a relation, which from now on is mentioned."""
        key = self.key(name)
        relation = self.relations.get(key)
        if self.watcher is not None:
            self.watcher.looks(key, relation)
            if relation is None:
                self.watcher.finds(name)
        if relation is None:
            bare = len(name.parts) == 1 and key != name.parts[0]
            shown = f"{self.shown_schema}.{name.spelled}" if bare else name.spelled
            relation = self.relations[key] = Known(key, shown, is_file=name.file)
        return relation

    def learn(self, relation: Known, columns: Iterable[Made], *, complete: bool) -> None:
        """Set the columns of a relation. Where a name repeats, the first one counts."""
        given = tuple(columns)
        if self.watcher is not None:
            self.watcher.learns(relation.key, given, complete=complete)
        relation.columns = {}
        for column in given:
            relation.columns.setdefault(column.name, column)
        relation.complete = complete
        relation.seen = relation.listed = None

    def mention(self, relation: str, column: str, spelled: str) -> None:
        """Remember a column that no text declares; it may be one of many."""
        if self.watcher is not None:
            self.watcher.mentions(relation, column, spelled)
        known = self.relations[relation]
        if column not in known.columns:
            known.columns[column] = Made(column, spelled)
            known.listed = None

    def seen(self, name: Name) -> Seen:
        """Return a relation as a source, with the columns declared or inferred by now."""
        relation = self.relation(name)
        own = self.read(relation)
        qualifiers = [".".join(name.parts[at:]) for at in range(len(name.parts))]
        return own._replace(qualifiers=frozenset((*qualifiers, relation.key)), shown=name.spelled)

    def read(self, relation: Known) -> Seen:
        """Return a relation with the columns that are known when it is first read."""
        if relation.seen is None:
            if self.watcher is not None and not relation.complete:
                self.watcher.reads(relation.key)
            relation.seen = self._seen(relation)
        return relation.seen

    def _seen(self, relation: Known) -> Seen:
        key = relation.key
        order = [
            Col(each.name, each.spelled, (Flow(key, each.name, Subtype.IDENTITY),))
            for each in relation.columns.values()
        ]
        columns = {column.name: column for column in order}
        opens: tuple[str, ...] = ()
        if not relation.complete:
            opens = (key,)
            order = [Col("", "", (Flow(key, "", Subtype.IDENTITY),), key)]
        return Seen(frozenset(), relation.name, columns, order, opens, rows=(key,))

    def values(
        self, before: "dict[str, tuple[State, int | None, Relation]] | None" = None
    ) -> tuple[Relation, ...]:
        """Return all relations that the texts define or mention, by key.

        Those that are as they were `before`, in an earlier run, are the same objects; it holds this run's then.
        """
        earlier = before if before is not None else {}
        found: dict[str, tuple[State, int | None, Relation]] = {}
        for key, each in sorted(self.relations.items()):
            state, was = each.state(), earlier.get(key)
            same = was is not None and was[0] == state and was[1] == each.statement
            found[key] = was if same and was is not None else (state, each.statement, _relation(each))
        if before is not None:
            before.clear()
            before.update(found)
        return tuple(relation for _, _, relation in found.values())


def _relation(known: Known) -> Relation:
    columns = tuple(Column(made.spelled, made.data_type, made.name) for made in known.columns.values())
    return Relation(known.key, known.name, known.kind, columns, known.complete, known.statement)
