"""The relations of all texts: what defines them, and which columns are known so far."""

from collections.abc import Iterable
from dataclasses import dataclass, field

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


class Catalog:
    """All relations by key. Binding reads it through `seen` and `mention`."""

    def __init__(self, known: KnownColumns, default_schema: str, dialect: str) -> None:
        self.dialect = dialect
        self.schema = tuple(name_parts(default_schema, dialect)) if default_schema else ()
        self.shown_schema = default_schema
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
        if relation is None:
            bare = len(name.parts) == 1 and key != name.parts[0]
            shown = f"{self.shown_schema}.{name.spelled}" if bare else name.spelled
            relation = self.relations[key] = Known(key, shown, is_file=name.file)
        return relation

    def learn(self, relation: Known, columns: Iterable[Made], *, complete: bool) -> None:
        """Set the columns of a relation. Where a name repeats, the first one counts."""
        relation.columns = {}
        for column in columns:
            relation.columns.setdefault(column.name, column)
        relation.complete = complete
        relation.seen = None

    def mention(self, relation: str, column: str, spelled: str) -> None:
        """Remember a column that no text declares; it may be one of many."""
        self.relations[relation].columns.setdefault(column, Made(column, spelled))

    def seen(self, name: Name) -> Seen:
        """Return a relation as a source, with the columns declared or inferred by now."""
        relation = self.relation(name)
        if relation.seen is None:
            relation.seen = self._seen(relation)
        qualifiers = [".".join(name.parts[at:]) for at in range(len(name.parts))]
        return relation.seen._replace(qualifiers=frozenset((*qualifiers, relation.key)), shown=name.spelled)

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

    def values(self) -> tuple[Relation, ...]:
        """Return all relations that the texts define or mention, by key."""
        return tuple(
            Relation(
                key=each.key,
                name=each.name,
                kind=each.kind,
                columns=tuple(
                    Column(made.spelled, made.data_type, made.name) for made in each.columns.values()
                ),
                columns_complete=each.complete,
                statement=each.statement,
            )
            for _, each in sorted(self.relations.items())
        )
