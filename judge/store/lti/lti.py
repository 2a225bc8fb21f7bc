"""All repositories of learning platforms behind one object, which is a part of the store."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from judge.store.lti.assignments import LinkedAssignments
from judge.store.lti.platforms import Platforms
from judge.store.lti.scores import Scores
from judge.store.notifications import LocalBus, Notifications
from judge.store.open_database import open_database
from judge.store.transactions import Transactions


class Lti:
    """Registered platforms with their courses, the assignments that links lead to, and the scores to send."""

    def __init__(self, transactions: Transactions) -> None:
        self.platforms = Platforms(transactions)
        self.scores = Scores(transactions)
        self.assignments = LinkedAssignments(transactions)


@asynccontextmanager
async def open_lti(url: str) -> AsyncIterator[Lti]:
    """Open the platforms alone, beside a judge that runs, in a database that has this version's schema."""
    database = open_database(url)
    try:
        yield Lti(Transactions(database, LocalBus(Notifications())))
    finally:
        await database.close()
