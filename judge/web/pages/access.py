"""Decide what a visitor may see of a problem, by the problems that it has solved."""

from collections.abc import Mapping

from judge.problems.problem import Problem
from judge.store.store import Store
from judge.verdict import Verdict

OPEN, ATTEMPTED, SOLVED = "open", "attempted", "solved"


async def problem_states(store: Store, submitter: str) -> Mapping[str, str]:
    """Return SOLVED or ATTEMPTED by slug, without problems that were not tried. Runs of the samples do not count."""
    tried = await store.stats.attempts(submitter)
    return {problem: SOLVED if solved else ATTEMPTED for problem, solved in tried.items()}


def solution_for(problem: Problem, state: str) -> str | None:
    """Return the problem's own solution if `state` is SOLVED and its author allows it, else None."""
    return problem.solution_after(Verdict.ACCEPTED if state == SOLVED else None)
