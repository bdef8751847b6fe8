"""Follows a run on the terminal: a bar with the names of stages, or plain lines where there is no terminal."""

from collections.abc import Iterator
from contextlib import aclosing, contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from graph.client import FINISHED, Event, Pursuit

WAITING = "waiting for a worker"


class StagesColumn(ProgressColumn):
    """The stages so far; the present one stands out."""

    def render(self, task: Task) -> Text:
        stages: list[str] = task.fields["stages"]
        if not stages:
            return Text(WAITING, style="dim")
        done = "".join(f"{stage} › " for stage in stages[:-1])  # noqa: RUF001 - an arrow between stages
        return Text.assemble((done, "dim"), (stages[-1], "bold" if not task.finished else "dim"))


class Teller:
    """Tells on a console how a run goes on."""

    def __init__(self, console: Console, progress: Progress | None, task: TaskID | None) -> None:
        self._console, self._progress, self._task = console, progress, task
        self._stages: list[str] = []

    def say(self, words: str) -> None:
        """A line above the bar."""
        self._console.print(words, style="yellow", soft_wrap=True, markup=False)

    def tell(self, event: Event) -> None:
        data = event.data
        match event.name:
            case "StageStarted":
                self._enter(data["stage"])
            case "StageProgress":
                self._fill(data["percent"])
            case "RunRequeued":
                self.say(f"Back in the queue: {data['reason']}.")
            case "RunNotice":
                self.say(data["message"])
            case "RunFinished":
                self._end(data["status"])

    def _enter(self, stage: str) -> None:
        if stage in self._stages:  # another attempt
            self._stages.clear()
        self._stages.append(stage)
        if self._progress is None:
            self._console.print(stage)
        self._draw()

    def _fill(self, percent: float) -> None:
        self._draw(completed=percent)

    def _end(self, status: str) -> None:
        if status.startswith("COMPLETED"):
            self._draw(completed=100.0)
        if self._progress is None:
            self._console.print(status)

    def _draw(self, completed: float | None = None) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=completed, stages=list(self._stages))


@contextmanager
def teller(console: Console) -> Iterator[Teller]:
    """Somebody who tells; on a terminal there is a bar meanwhile."""
    if not console.is_terminal:
        yield Teller(console, None, None)
        return
    columns = (
        BarColumn(bar_width=30),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        StagesColumn(),
    )
    with Progress(*columns, console=console, refresh_per_second=20) as progress:
        yield Teller(console, progress, progress.add_task("run", total=100.0, stages=[]))


async def watch(pursuit: Pursuit, console: Console) -> None:
    """Return when the run has ended, having shown how it went.

    Raises:
        Unreachable, RefusedRemotely: It cannot be watched any longer.
    """
    with teller(console) as shown:
        pursuit.told = shown.say
        async with aclosing(pursuit.events()) as events:
            async for event in events:
                shown.tell(event)
                if event.name == FINISHED:
                    break
