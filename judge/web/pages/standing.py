"""What a visitor has done, and what it may see for that."""

from collections.abc import Mapping

from judge.problems.problem import Problem
from judge.store.records import Filter, Stored
from judge.store.store import Store
from judge.verdict import Verdict
from judge.web.pages.security import SUBMITTER_PREFIX

OPEN, ATTEMPTED, SOLVED = "open", "attempted", "solved"
LOOKED_AT = 1_000  # a visitor's newest submissions


async def standings(store: Store, submitter: str) -> Mapping[str, str]:
    """By problem: `solved` or `attempted`. Runs of the samples are no attempts."""
    found: dict[str, str] = {}
    for stored in await store.submissions(Filter(submitter=submitter), None, LOOKED_AT):
        if stored.samples_only:
            continue
        if stored.verdict == Verdict.ACCEPTED:
            found[stored.problem] = SOLVED
        else:
            found.setdefault(stored.problem, ATTEMPTED)
    return found


def solution_for(problem: Problem, standing: str) -> str | None:
    """The problem's own solution, for who has solved it and where its author allows it."""
    return problem.solution_after(Verdict.ACCEPTED if standing == SOLVED else None)


def may_read_source(stored: Stored, submitter: str, standing: str) -> bool:
    """Whether a page shows the source: one's own, what came by the API, and others' once the problem is solved."""
    return stored.submitter == submitter or not stored.submitter.startswith(SUBMITTER_PREFIX) or standing == SOLVED
