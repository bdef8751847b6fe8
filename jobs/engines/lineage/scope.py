"""The names in reach of one SELECT, and what a mention of one of them means."""

from collections.abc import Mapping, Sequence

from jobs.engines.lineage.flows import Col, Flow, Flows, Problem, Relations, Seen, carried
from jobs.engines.lineage.shapes import Call, Place, Source, Star, Use
from jobs.engines.lineage.values import Reason, Subtype

Found = tuple[Flows, str]
NOTHING: Found = ((), "")


class Scope:
    """The sources of one SELECT, inside the scope around it, if there is one."""

    __slots__ = ("merged", "merged_first", "outer", "problems", "relations", "sources")

    def __init__(self, outer: "Scope | None", relations: Relations, problems: dict[Problem, None]) -> None:
        self.outer = outer
        self.relations = relations
        self.problems = problems
        self.sources: list[Seen] = []
        self.merged_first = True
        self.merged: dict[str, Col] = {}  # by JOIN … USING and NATURAL JOIN

    def lookup(
        self, qualifier: str, name: str, spelled: str, place: Place, aliases: Mapping[str, Flows] | None = None
    ) -> Found:
        """Return where a column comes from, with a note where that is not certain.

        A column that is known comes first, then an output alias where the clause allows one, then a source
        whose columns are unknown, then the scope around. What fits nothing is listed.
        """
        found = self._qualified(qualifier, name, spelled) if qualifier else self._plain(name, spelled, aliases)
        if found is not None:
            return found
        shown = f"{qualifier}.{spelled}" if qualifier else spelled
        self._list(place, Reason.UNBOUND_COLUMN, f"{shown} fits no source in reach", _remedy(self.sources))
        return NOTHING

    def sure(self, qualifier: str, name: str) -> Flows | None:
        """Return where a column comes from that one source of this SELECT certainly has; else None."""
        if qualifier:
            for seen in self.sources:
                if qualifier in seen.qualifiers:
                    known = seen.columns.get(name)
                    return known.flows if known is not None else None
        elif len(self.sources) == 1 and not self.merged:
            only = self.sources[0]
            known = only.columns.get(name)
            if known is not None and not only.qualified:
                return known.flows
        return None

    def has(self, qualifier: str, name: str) -> bool:
        """Whether a source in reach has this qualifier, or certainly has this column."""
        scope: Scope | None = self
        while scope is not None:
            if any(
                qualifier in seen.qualifiers if qualifier else name in seen.columns for seen in scope.sources
            ):
                return True
            scope = scope.outer
        return False

    def rows(self, use: Use) -> tuple[str, ...]:
        """Return the relations whose rows are meant by `*` or `t.*` inside an expression."""
        if use.qualifier:
            seen = self._source(use.qualifier)
            return seen.rows if seen is not None else ()
        return tuple(dict.fromkeys(key for seen in self.sources for key in seen.rows))

    def star(self, star: Star) -> list[Col]:
        """Return the columns that a star in an output list shows, in order."""
        if star.qualifier:
            seen = self._source(star.qualifier)
            field = self._field(star.qualifier) if seen is None else None
            if field is not None:
                return [field]
            if seen is None:
                message = f"{star.qualifier}.* names no source in reach"
                self._list(star.place, Reason.UNBOUND_COLUMN, message, "Check the alias.")
                return []
            return list(seen.order)
        shown = dict(self.merged) if self.merged_first else {}
        found = list(shown.values())
        for seen in self.sources:
            for column in () if seen.hidden else seen.order:
                if column.open or column.name not in self.merged:
                    found.append(column)
                elif column.name not in shown:
                    shown[column.name] = self.merged[column.name]
                    found.append(shown[column.name])
        return found

    def _field(self, name: str) -> Col | None:
        """Return what `column.*` shows of a structure: fields that nobody declares."""
        holder = next((seen for seen in self.sources if name in seen.columns), None)
        if holder is None:
            return None
        flows = carried(holder.columns[name].flows, Subtype.TRANSFORMATION, None)
        return Col("", "", flows, Call(f"the structure {name}"))

    def merge(self, seen: Seen, source: Source) -> list[Flow]:
        """Merge the columns of USING or of a NATURAL join, and return what they decide."""
        names = source.using
        if source.natural:
            left = [name for each in self.sources for name in each.columns]
            names = tuple(dict.fromkeys(name for name in left if name in seen.columns))
            if seen.opens or any(each.opens for each in self.sources):
                message = f"NATURAL JOIN with {seen.shown}: the columns of a side are unknown"
                remedy = "Add the CREATE TABLE of both sides, or name the columns in USING."
                self._list(source.place, Reason.UNKNOWN_COLUMNS, message, remedy)
        influences: list[Flow] = []
        for name in names:
            left_flows, note = self.lookup("", name, name, source.place)
            right_flows = seen.find(name) or ()
            for relation in seen.opens:
                self.relations.mention(relation, name, name)
            influences += carried((*left_flows, *right_flows), Subtype.JOIN, source.place, note=note)
            flows = {"FULL": (*left_flows, *right_flows), "RIGHT": right_flows}.get(source.side, left_flows)
            spelled = seen.columns[name].spelled if name in seen.columns else name
            self.merged[name] = Col(name, spelled, tuple(flows))
        return influences

    def _plain(self, name: str, spelled: str, aliases: Mapping[str, Flows] | None) -> Found | None:
        merged = self.merged.get(name)
        if merged is not None:
            return merged.flows, ""
        certain = [seen for seen in self.sources if name in seen.columns and not seen.qualified]
        if len(certain) > 1:  # ARRAY JOIN prices: the name means what is unfolded from then on
            certain = [seen for seen in certain if not seen.qualifiers] or certain
        if certain:
            return _each(certain, name)
        if aliases is not None and name in aliases:
            return aliases[name], ""
        possible = [
            seen for seen in self.sources if (seen.opens or seen.feeds is not None) and not seen.qualified
        ]
        if possible:
            self._mention(possible, name, spelled)
            flows, note = _each(possible, name)
            return flows, note or ("assumed: its columns are not known" if self._several() else "")
        if self.outer is not None:
            found = self.outer._plain(name, spelled, None)  # noqa: SLF001 - the same class
            if found is not None:
                return found
        whole = next((seen for seen in self.sources if name in seen.qualifiers), None)
        if whole is not None:  # SELECT t FROM t: a whole row
            return tuple(Flow(key, "", Subtype.IDENTITY) for key in whole.rows), ""
        return None

    def _several(self) -> bool:
        return sum(not seen.qualified for seen in self.sources) > 1

    def _qualified(self, qualifier: str, name: str, spelled: str) -> Found | None:
        seen = self._source(qualifier)
        if seen is not None:
            flows = seen.find(name)
            if flows is not None and name not in seen.columns:
                self._mention([seen], name, spelled)
            return None if flows is None else (flows, "")
        first, _, rest = qualifier.partition(
            "."
        )  # a field of a structure: column.field, or source.column.field
        if rest and self._source(first) is not None:
            flows, note = self._qualified(first, rest.partition(".")[0], rest) or NOTHING
        else:
            flows, note = self._plain(first, first, None) or NOTHING
            if not any(first in seen.columns for seen in self.sources):
                note = note or f"assumed: a field of {first}"
        return (carried(flows, Subtype.TRANSFORMATION, None), note) if flows else None

    def _source(self, qualifier: str) -> Seen | None:
        scope: Scope | None = self
        while scope is not None:
            for seen in scope.sources:
                if qualifier in seen.qualifiers:
                    return seen
            scope = scope.outer
        return None

    def _mention(self, possible: Sequence[Seen], name: str, spelled: str) -> None:
        for seen in possible:
            for relation in seen.opens:
                self.relations.mention(relation, name, spelled)

    def _list(self, place: Place, reason: Reason, message: str, remedy: str) -> None:
        self.problems.setdefault(Problem(place, reason, message, remedy))


def _each(sources: Sequence[Seen], name: str) -> Found:
    if len(sources) == 1:
        return sources[0].find(name) or (), ""
    shown = ", ".join(f"{seen.shown}.{name}" for seen in sources)
    return tuple(flow for seen in sources for flow in seen.find(name) or ()), f"one of: {shown}"


def _remedy(sources: Sequence[Seen]) -> str:
    names = ", ".join(sorted({seen.shown for seen in sources if seen.shown}))
    return f"Check the name, or the definition of {names}." if names else "Check the name."
