"""Dependencies as a text of which each has a line: what the edges between whole relations rest on."""

from collections.abc import Iterable

from jobs.engines.lineage.values import Origin, Span, SqlText
from jobs.pipelines.lineage.sources.material import Dependency, Record


def told_by(
    file: str, pairs: Iterable[tuple[str, str]], origin: Origin
) -> tuple[SqlText, tuple[Dependency, ...]]:
    """A record of a line for each dependency, and the dependencies, of pairs of source and target."""
    lines, found, at = list[str](), list[Dependency](), 0
    for row, (source, target) in enumerate(pairs, start=1):
        line = " ".join(f"{target} depends on {source}".splitlines())
        found.append(Dependency(source, target, origin, Record(file, Span(at, at + len(line), row, 1))))
        lines.append(line)
        at += len(line) + 1
    return SqlText(file, "\n".join(lines)), tuple(found)
