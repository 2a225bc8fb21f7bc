"""The share of an assignment that a learner has: the mean of the best scores that count, over its problems."""

from judge.store.lti.scores import DueScore
from judge.store.store import Store


class AssignmentShares:
    """Computes shares from the gradebooks of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def of(self, due: DueScore) -> float | None:
        """Return the share, 0 to 1, or None while no attempt counts. Raises StoreFault."""
        return None
