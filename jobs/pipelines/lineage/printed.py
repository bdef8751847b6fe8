"""What a run would write into an empty graph, as the file that an export of it would be."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from jobs.engines.lineage.frontend import render
from jobs.engines.lineage.picture import Shown, nodes_of, picture_of
from jobs.pipelines.lineage.save import Changes


def printed(changes: Changes) -> Iterator[bytes]:
    """The file, piece by piece. One source wrote these rows, so each asset is told of once."""
    rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for change in changes:
        if change.row is not None:
            rows[change.table.__name__].append(change.row)
    facts = {fact["asset_pk"]: fact for fact in rows["AssetFact"]}
    assets = [
        Shown(
            pk=row["pk"],
            namespace=row["namespace"],
            key=row["name_key"],
            name=row["name"],
            kind=facts[row["pk"]]["kind"],
            description=facts[row["pk"]]["description"],
            explained=facts[row["pk"]]["explained"],
            definition_pk=facts[row["pk"]]["definition_pk"],
        )
        for row in rows["Asset"]
        if row["pk"] in facts
    ]
    pairs = ((row["source_asset_pk"], row["target_asset_pk"]) for row in rows["Edge"])
    picture = picture_of(assets, pairs)
    definitions = {row["pk"]: row["body"] for row in rows["Definition"]}
    return render(nodes_of(picture.assets, picture, definitions))
