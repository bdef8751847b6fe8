"""Arguments that several fields take, described once."""

from typing import Annotated

import strawberry

RunId = Annotated[str, strawberry.argument(description="The run's id, as submitted or as we made it.")]
Workspace = Annotated[str, strawberry.argument(description="Whose: the first workspace is `main`.")]
First = Annotated[int, strawberry.argument(description="How many at most, from 1 to 100.")]
After = Annotated[str | None, strawberry.argument(description="Continue behind this cursor.")]
AfterSeq = Annotated[
    int,
    strawberry.argument(description="Continue behind this event; 0 for all. Beyond the newest: wait for it."),
]
