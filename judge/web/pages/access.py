"""What a visitor has done, and what it may see for that."""

from collections.abc import Mapping

from judge.problems.problem import Problem
from judge.store.store import Store
from judge.verdict import Verdict

OPEN, ATTEMPTED, SOLVED = "open", "attempted", "solved"


async def standings(store: Store, submitter: str) -> Mapping[str, str]:
    """By problem: `solved` or `attempted`. Runs of the samples are no attempts."""
    tried = await store.stats.attempts(submitter)
    return {problem: SOLVED if solved else ATTEMPTED for problem, solved in tried.items()}


def solution_for(problem: Problem, standing: str) -> str | None:
    """The problem's own solution, for who has solved it and where its author allows it."""
    return problem.solution_after(Verdict.ACCEPTED if standing == SOLVED else None)
