"""Extract lineage from SQL: texts, or files that were uploaded."""

from typing import Any


def __getattr__(name: str) -> Any:
    """Put `PIPELINE` together when it is asked for.

    Children and the command line read values and settings of this folder, and need not wait a second for `db`.
    """
    if name != "PIPELINE":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from jobs.pipelines.lineage.kind import PIPELINE  # noqa: PLC0415 - see above

    return PIPELINE
