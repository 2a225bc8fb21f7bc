"""Shows how far grading is: the stages of the start, then how many files are graded."""

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from judge.grading.grader import Grader
from judge.grading.start_stage import IMPORTING, Stage, stage_of

LOOK_SECONDS = 0.1  # between two looks at what the start does


class GradingBar:
    """A bar that shows the stage of the start, then the files that are graded. `advance` from any thread."""

    def __init__(self, progress: Progress, files: int) -> None:
        self._progress, self._files, self._graded = progress, files, 0
        self._task = progress.add_task(str(IMPORTING), total=None)
        self.show(IMPORTING)

    def show(self, stage: Stage | None) -> None:
        """Show a stage, or the files where the start is over."""
        if stage is None or self._graded:
            self._progress.update(self._task, description="Grading", completed=self._graded, total=self._files)
        else:
            self._progress.update(self._task, description=stage.text, completed=stage.done, total=stage.total or None)

    def advance(self, count: int) -> None:
        """Add files that are graded."""
        self._graded += count
        self.show(None)


@contextmanager
def progress_bar(grader: Grader, slugs: Sequence[str]) -> Iterator[GradingBar]:
    """Show a bar on standard error during the block, where that is a terminal."""
    with _bar() as progress:
        bar, over = GradingBar(progress, len(slugs)), threading.Event()
        packages = [grader.catalog.get(slug).digest for slug in dict.fromkeys(slugs)]

        def look() -> None:
            while not over.wait(LOOK_SECONDS):
                bar.show(stage_of(grader.pool, packages))

        thread = threading.Thread(target=look, name="progress", daemon=True)
        if not progress.disable:
            thread.start()
        try:
            yield bar
        finally:
            over.set()
            if thread.is_alive():
                thread.join()


def _bar() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
