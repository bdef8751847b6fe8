"""What a run would write into an empty graph, as the file that an export of it would be."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from jobs.engines.lineage.classify import Patterns
from jobs.engines.lineage.frontend import render
from jobs.engines.lineage.picture import Shown, nodes_of, picture_of
from jobs.pipelines.lineage.read import by_strength
from jobs.pipelines.lineage.save import Changes


def printed(changes: Changes, patterns: Patterns) -> Iterator[bytes]:
    """The file, piece by piece. Its assets are told of by a source, and perhaps by that of its query log."""
    rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for change in changes:
        if change.row is not None:
            rows[change.table.__name__].append(change.row)
    told: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for fact in rows["AssetFact"]:
        told[fact["asset_pk"]].append(fact)
    first = {row["pk"]: row for row in reversed(rows["Asset"])}  # what is there already is not written again
    assets = [shown(first[pk], facts) for pk, facts in told.items()]
    pairs = ((row["source_asset_pk"], row["target_asset_pk"]) for row in rows["Edge"])
    picture = picture_of(assets, pairs)
    definitions = {row["pk"]: row["body"] for row in rows["Definition"]}
    return render(nodes_of(picture.assets, picture, definitions, patterns))


def shown(asset: dict[str, Any], told: Sequence[dict[str, Any]]) -> Shown[UUID]:
    """An asset as readers would see it, of all that is told of it."""
    facts = by_strength(told)
    return Shown(
        pk=asset["pk"],
        namespace=asset["namespace"],
        key=asset["name_key"],
        name=asset["name"],
        kind=facts[0]["kind"],
        description=next((fact["description"] for fact in facts if fact["description"]), ""),
        explained=all(fact["explained"] for fact in facts),
        definition_pk=facts[0]["definition_pk"],
    )
