"""The protocol of a grader as a worker uses it, and the one that is installed."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

from judge.errors import PackageFault
from judge.grading.boxes import pool_config
from judge.grading.first_problem import first_problem
from judge.grading.grader import Grader
from judge.grading.jobs import warm_up_of
from judge.own_input import OwnInput
from judge.problems.catalog import Catalog, open_catalog
from judge.report import Report
from judge.sandbox import Pool
from judge.sandbox.doctor import refuse_unfit_host
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

    def first(self) -> str | None:
        """Return the problem whose boxes are ready first; None where nothing is installed."""
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
    first = grader.first()
    for slug in sorted((problem.slug for problem in catalog.problems()), key=lambda slug: slug != first):
        grader.warm(slug)
    grader.prepare(wait=1)  # every slot's first canary is this one
    return grader


@dataclass(frozen=True, kw_only=True)
class StartedPool:
    """Boxes that are being started: the pool, and whether this host can seal a box (SandboxFault if not)."""

    pool: Future[Pool]
    fit: Future[None]


def start_pool(settings: Settings) -> StartedPool:
    """Begin to start the boxes, and the warm-up of the problem that is asked for first, beside a server's imports."""
    started = StartedPool(pool=Future(), fit=Future())

    def start() -> None:
        try:
            catalog = open_catalog()
            pool = _pool(catalog.dirs, settings.cache_dir, settings.workers or 1, settings)
            started.pool.set_result(pool)
            _warm_first(catalog, pool)
            refuse_unfit_host()
            started.fit.set_result(None)
        except BaseException as error:
            for future in (started.pool, started.fit):
                if not future.done():
                    future.set_exception(error)

    Thread(target=start, name="pool", daemon=True).start()
    return started


def _warm_first(catalog: Catalog, pool: Pool) -> None:
    slug = first_problem(catalog, pool.packs)
    with suppress(PackageFault):  # its submissions report it
        warm_up = warm_up_of(catalog.get(slug)) if slug else None
        if warm_up is not None:
            pool.warm(warm_up)


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
