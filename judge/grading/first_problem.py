"""Guesses the problem that somebody is going to ask for first, so that it is warm when they do."""

from judge.problems.catalog import Catalog
from judge.sandbox.program_packs import Packs


def first_problem(catalog: Catalog, packs: Packs | None) -> str | None:
    """Return the problem that was judged last on this machine; where none was, the first one of the catalog."""
    problems = catalog.problems()
    last = packs.last_used([problem.digest for problem in problems]) if packs is not None else None
    return next((problem.slug for problem in problems if last in (None, problem.digest)), None)
