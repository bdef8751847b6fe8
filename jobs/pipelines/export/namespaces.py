"""Which assets a file holds: those of one namespace."""

from collections.abc import Sequence
from uuid import UUID

from jobs.engines.lineage.frontend import OBJECT_TYPES
from jobs.engines.lineage.picture import Shown
from jobs.pipelines.export.values import NamespaceNeeded

NAMED = 10  # namespaces in the words of an error


def chosen(assets: Sequence[Shown[UUID]], namespace: str | None) -> list[Shown[UUID]]:
    """The tables, views, procedures and functions of a namespace, or of the only one that there is.

    Raises:
        NamespaceNeeded: There are several and none was chosen, or there is no such namespace.
    """
    nodes = [asset for asset in assets if asset.kind in OBJECT_TYPES]
    there = sorted({asset.namespace for asset in nodes})
    hint = f"There are: {', '.join(there[:NAMED])}{', …' if len(there) > NAMED else ''}."
    if namespace is None and len(there) > 1:
        raise NamespaceNeeded(f"The graph has {len(there)} namespaces, and a file holds one.", hint=hint)
    if namespace is not None and there and namespace not in there:
        raise NamespaceNeeded(f"The graph has no namespace {namespace!r}.", hint=hint)
    return [asset for asset in nodes if namespace in {None, asset.namespace}]
