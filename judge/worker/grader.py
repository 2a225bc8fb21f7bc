"""The protocol of a grader as a worker uses it, and the one that is installed."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

from judge.grading.boxes import pool_config
from judge.grading.grader import Grader
from judge.own_input import OwnInput
from judge.problems.catalog import Catalog, default_problem_dirs
from judge.report import Report
from judge.sandbox import Pool
from judge.settings import Settings, load_settings
from judge.submission import Submission
from judge.verdict import CaseResult, Json


class SubmissionGrader(Protocol):
    """Grades submissions, one thread a slot; see judge.grading.grader.Grader."""

    def grade(
        self,
        submission: Submission,
        *,
        slot: int = 0,
        seed: int = 0,
        samples_only: bool = False,
        own_input: OwnInput | None = None,
        on_case: Callable[[CaseResult], None] | None = None,
        halt: Event | None = None,
    ) -> Report:
        """Return the report on `submission`. Blocks; errors in a package or in grading are reports with `judge_error`.

        Raises:
            SandboxFault: The judge or its host failed; the submission was not judged.
            JobStopped: `halt` was set.
            ReferencePending: The reference's values are not known yet; they are being made.
        """
        ...

    def sample_answers(self, slug: str, *, slot: int = 0) -> dict[str, Json]:
        """Return the reference's result for each sample. Blocks. Raises ReferencePending, JudgeError."""
        ...

    def close(self) -> None:
        """End everything that was started."""
        ...


MakeGrader = Callable[[Catalog, Path, int], SubmissionGrader]  # (catalog, directory of caches, slots)


def installed_grader(
    catalog: Catalog, cache_dir: Path, slots: int, *, pool: Future[Pool] | None = None
) -> SubmissionGrader:
    """Make the real grader; every problem's zygote starts in the background, and its reference runs there.

    `pool` are boxes that `start_pool` began to start.
    """
    started = pool.result() if pool else _pool(catalog.dirs, cache_dir, slots, load_settings())
    grader = Grader(catalog, cache_dir, slots, apart=True, pool=started)
    for problem in catalog.problems():
        grader.warm(problem.slug)
    grader.prepare(wait=1)  # every slot's first canary is this one
    return grader


def start_pool(settings: Settings) -> Future[Pool]:
    """Begin to start the boxes, whose import of JAX takes as long as that of a server beside it."""
    future: Future[Pool] = Future()

    def start() -> None:
        try:
            future.set_result(_pool(default_problem_dirs(), settings.cache_dir, settings.workers or 1, settings))
        except BaseException as error:
            future.set_exception(error)

    Thread(target=start, name="pool", daemon=True).start()
    return future


def _pool(dirs: Sequence[Path], cache_dir: Path, slots: int, settings: Settings) -> Pool:
    return Pool(
        pool_config(
            dirs,
            cache_dir,
            slots,
            pin=settings.pin,
            apart=True,
            operations=settings.usual_operations,
            hot=settings.hot_problems,
            packs=settings.programs_dir if cache_dir == settings.cache_dir else None,
        )
    )
