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


def solution_for(problem: Problem, state: str, viewer: Viewer) -> str | None:
    """Return the problem's own solution if `state` is SOLVED and its author allows it, else None.

    Where there are accounts, `viewer` must be signed in.
    """
    if Scope.SUBMIT not in viewer.scopes:
        return None
    return problem.solution_after(Verdict.ACCEPTED if state == SOLVED else None)
