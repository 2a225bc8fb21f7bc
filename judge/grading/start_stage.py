"""Name the present stage of a grader's start, for people who wait for it.

importing JAX ──> compiling, n of m (once on a machine) ──> loading compiled programs ──> ready
"""

from collections.abc import Sequence
from dataclasses import dataclass

from judge.sandbox import Pool


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage, in words; `done` of `total` steps where they are counted (0 of 0 else)."""

    text: str
    done: int = 0
    total: int = 0

    def __str__(self) -> str:
        """Return it on one line."""
        return f"{self.text}, {self.done} of {self.total}" if self.total else self.text


IMPORTING = Stage(text="Importing JAX")
LOADING = Stage(text="Loading compiled programs")


def stage_of(pool: Pool, packages: Sequence[str]) -> Stage | None:
    """Return what those who need these packages, by digest, wait for; None where they are ready."""
    if not pool.imported:
        return IMPORTING
    started = [hot for package in packages if (hot := pool.started(package)) is not None]
    running = [hot for hot in started if hot.starting and hot.begun(0.0)]  # others wait until nothing else is to do
    if not running:
        return None
    new = [hot for hot in running if pool.packs is not None and not pool.packs.has(hot.warm_up.package)]
    if not new:
        return LOADING
    done, total = new[0].steps
    return Stage(text="Compiling programs, once on this machine", done=min(done + 1, total), total=total)
