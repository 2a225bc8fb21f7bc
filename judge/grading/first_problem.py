"""Guesses the problem that somebody is going to ask for first, so that it is warm when they do."""

from judge.problems.catalog import Catalog
from judge.sandbox.program_packs import Packs


def first_problem(catalog: Catalog, packs: Packs | None) -> str | None:
    """Return the problem that was judged last on this machine; where none was, the first one of the catalog."""
    slugs = {problem.digest: problem.slug for problem in catalog.problems()}
    last = packs.last_used(slugs) if packs is not None else None
    return slugs[last] if last else next(iter(slugs.values()), None)
