"""Lineage that was read here as JSON, as rows for a spreadsheet, as a picture and as trees: piece by piece."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
from rich.text import Text
from rich.tree import Tree

from graph.cli.paper import in_a_line, paper
from graph.cli.trees import Edge, Place, Spot, gathered, influence_lines, label
from jobs.analysis import NamedEdge, NamedEnd, Naming, QuotedGap, named_edges, quoted_gap
from jobs.engines.drawing.mermaid import MAX_EDGES, mermaid_of
from jobs.engines.drawing.values import Arrow, Card, End, Picture, Row
from jobs.engines.lineage.values import EdgeKind, Lineage, Relation, RelationKind

COLUMNS = (
    *("source_asset", "source_column", "target_asset", "target_column", "kind", "subtype", "masking"),
    *("origin", "confidence", "evidence_count", "file", "line", "expression"),
)
COMMANDS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - spreadsheets take them too


@dataclass(frozen=True, slots=True)
class Found:
    """Lineage, and the texts that it was read from, by name."""

    lineage: Lineage
    bodies: Mapping[str, str]
    naming: Naming = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "naming", Naming(self.lineage))

    @property
    def edges(self) -> Iterator[NamedEdge]:
        return named_edges(self.lineage, self.bodies, self.naming)

    @property
    def gaps(self) -> Iterator[QuotedGap]:
        return (quoted_gap(each, self.bodies) for each in self.lineage.unresolved)


def as_json(found: Found) -> Iterator[bytes]:
    """One object; each edge is written as it comes."""
    yield b'{"edges":['
    for nth, edge in enumerate(found.edges):
        told = {
            "source": edge.source,
            "target": edge.target,
            "kind": edge.kind.name,
            "subtype": edge.subtype.name,
            "masking": edge.masking,
            "origin": edge.origin.name,
            "confidence": edge.confidence,
            "evidence": [
                {
                    "file": each.file,
                    "line": each.line,
                    "column": each.column,
                    "start": each.start,
                    "end": each.end,
                    "expression": each.expression,
                    "origin": each.origin.name,
                    "note": each.note,
                }
                for each in edge.evidence
            ],
        }
        yield (b",\n" if nth else b"\n") + orjson.dumps(told)
    yield b'\n],"unresolved":['
    for nth, gap in enumerate(found.gaps):
        yield (b",\n" if nth else b"\n") + orjson.dumps(gap)
    yield b"\n]}\n"


def as_csv(found: Found) -> Iterator[bytes]:
    """A header, then a row for each edge, with its first evidence."""
    page = io.StringIO()
    rows = csv.writer(page, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    rows.writerow(COLUMNS)
    for edge in found.edges:
        first = edge.evidence[0]
        words = (
            *(edge.source.asset, edge.source.column or "", edge.target.asset, edge.target.column or ""),
            *(edge.kind.name, edge.subtype.name, str(edge.masking).lower(), edge.origin.name),
        )
        place = (first.line, harmless(" ".join(first.expression.split())))
        rows.writerow(
            (*map(harmless, words), edge.confidence, len(edge.evidence), harmless(first.file), *place)
        )
        yield page.getvalue().encode()
        page.seek(0)
        page.truncate()
    yield page.getvalue().encode()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before what would be one.

    >>> harmless("=HYPERLINK(1)"), harmless("a = b")
    ("'=HYPERLINK(1)", 'a = b')
    """
    return f"'{cell}" if cell.lstrip(" ").startswith(COMMANDS) else cell


def as_mermaid(found: Found) -> Iterator[bytes]:
    """A flowchart of the first 500 edges, direct ones before others, and of what they lead between."""
    ordered = sorted(found.lineage.edges, key=lambda edge: edge.kind is not EdgeKind.DIRECT)
    shown = ordered[:MAX_EDGES]
    ends = dict.fromkeys(found.naming.of(end) for edge in shown for end in (edge.source, edge.target))
    rows: dict[str, list[str]] = defaultdict(list)
    for end in ends:
        rows[end.asset] += [end.column] if end.column is not None else []
    places = {name: place for place, name in enumerate(rows)}
    kinds = {found.naming.relation(each.key): each.kind.value for each in found.lineage.relations}

    def place_of(end: NamedEnd) -> End:
        row = -1 if end.column is None else rows[end.asset].index(end.column)
        return End(places[end.asset], row)

    at = {end: place_of(end) for end in ends}
    arrows = [
        Arrow(
            at[found.naming.of(edge.source)],
            at[found.naming.of(edge.target)],
            direct=edge.kind is EdgeKind.DIRECT,
            masking=edge.masking,
        )
        for edge in shown
    ]
    cards = [Card(name, kinds[name], rows=tuple(map(Row, columns))) for name, columns in rows.items()]
    picture = Picture(End(0), tuple(cards), tuple(arrows), revision=0, left_out=len(ordered) - len(shown))
    yield mermaid_of(picture).encode()


def as_trees(found: Found) -> Iterator[bytes]:
    """A tree for each relation that the texts define or fill, with what each of its columns is made of."""
    into: defaultdict[str, list[NamedEdge]] = defaultdict(list)
    for edge in found.edges:
        into[edge.target.asset].append(edge)
    out = paper()
    for relation in found.lineage.relations:
        name = found.naming.relation(relation.key)
        edges = into.get(name, ())
        if relation.kind is RelationKind.EXTERNAL and not edges:
            continue
        with out.capture() as drawn:
            out.print(_tree(relation, name, found, edges))
            lines = influence_lines(gathered(_drawn(each) for each in edges if each.kind is EdgeKind.INDIRECT))
            if lines.row_count:
                out.print(lines)
            out.print()
        yield drawn.get().encode()


def _tree(relation: Relation, name: str, found: Found, edges: Sequence[NamedEdge]) -> Tree:
    """A relation, its columns with their expressions, and below them the columns that these are made of."""
    sources: defaultdict[Spot, list[Edge]] = defaultdict(list)
    for each in edges:
        if each.kind is EdgeKind.DIRECT:
            edge = _drawn(each)
            sources[edge.target].append(edge)
    place = ""
    if relation.statement is not None:
        statement = found.lineage.statements[relation.statement]
        place = in_a_line(f"{statement.text}:{statement.span.line}")
    head = Text.assemble((in_a_line(name), "bold"), f"  {relation.kind.value}  ", (place, "cyan"))
    tree = Tree(head, guide_style="dim")
    columns = [found.naming.column(relation.key, each.key) for each in relation.columns]
    spots = [Spot(in_a_line(name), in_a_line(each)) for each in columns]
    for spot in dict.fromkeys((*spots, *sources)):  # a value may go into the whole, where columns are unknown
        made = [place for edge in sources.get(spot, ()) for place in edge.places]
        branch = tree.add(label(spot, made))
        for source in dict.fromkeys(edge.source for edge in sources.get(spot, ())):
            branch.add(Text(str(source)))
    return tree


def _drawn(edge: NamedEdge) -> Edge:
    """An edge as trees show it."""
    source, target = (
        Spot(in_a_line(end.asset), in_a_line(end.column or "")) for end in (edge.source, edge.target)
    )
    places = tuple(Place(in_a_line(each.file), each.line, in_a_line(each.expression)) for each in edge.evidence)
    return Edge(source, target, edge.subtype.name, places)
