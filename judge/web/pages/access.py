"""Decide what a viewer may see of a problem, by the problems that they have solved."""

from collections.abc import Mapping

from judge.account import Scope
from judge.problems.problem import Problem
from judge.store.store import Store
from judge.verdict import Verdict
from judge.web.access import Viewer

OPEN, ATTEMPTED, SOLVED = "open", "attempted", "solved"


async def problem_states(store: Store, viewer: Viewer) -> Mapping[str, str]:
    """Return SOLVED or ATTEMPTED by slug, without problems that were not tried. Runs of the samples do not count."""
    tried = await store.stats.attempts(viewer.owners)
    return {problem: SOLVED if solved else ATTEMPTED for problem, solved in tried.items()}


def shows_solution(problem: Problem, state: str, viewer: Viewer) -> bool:
    """Return whether a problem's solution and its alternatives are shown to `viewer`, apart from the rules of classes.

    Where there are accounts, `viewer` must be signed in.
    """
    verdict = Verdict.ACCEPTED if state == SOLVED else None
    return Scope.SUBMIT in viewer.scopes and problem.shows_solution_after(verdict)
