"""The share of an assignment that a learner has: the mean of the best scores that count, over its problems."""

from judge.store.lti.scores import DueScore
from judge.store.store import Store


class AssignmentShares:
    """Computes shares from the gradebooks of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, due: DueScore) -> float | None:
        """Return the share, 0 to 1, or None while no attempt counts. Raises StoreFault."""
        linked = await self._store.lti.assignments.get(due.assignment_id)
        of_class = await self._store.classes.assignments(linked.class_id) if linked else ()
        problems = {each.id: each.problems for each in of_class}.get(due.assignment_id)
        if linked is None or not problems:
            return None
        cells = await self._store.classes.gradebook.cells(
            linked.class_id, of_class, user_id=due.user_id, assignment_id=due.assignment_id
        )
        return sum(each.score for each in cells) / len(problems) if cells else None
