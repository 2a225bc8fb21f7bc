"""The protocol of a grader as a worker uses it, and the one that is installed."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from judge.problems.catalog import Catalog
from judge.settings import load_settings
from judge.submission import Submission
from judge.verdict import CaseResult, Json, Report


class SubmissionGrader(Protocol):
    """Grades submissions, one thread a slot; see judge.grading.grader.Grader."""

    def grade(
        self,
        submission: Submission,
        *,
        slot: int = 0,
        seed: int = 0,
        samples_only: bool = False,
        on_case: Callable[[CaseResult], None] | None = None,
    ) -> Report:
        """Return the report on `submission`. Blocks; errors in a package or in grading are reports with `judge_error`.

        Raises:
            SandboxFault: The judge or its host failed; the submission was not judged.
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


def installed_grader(catalog: Catalog, cache_dir: Path, slots: int) -> SubmissionGrader:
    """Make the real grader; every problem's zygote starts in the background, and its reference runs there."""
    from judge.grading.grader import Grader

    grader = Grader(catalog, cache_dir, slots, pin=load_settings().pin, apart=True, operations=True)
    for problem in catalog.problems():
        grader.warm(problem.slug)
    grader.prepare(wait=slots)  # each slot's first canary is one of these
    return grader
