"""The order of the queue: start-time fair queueing.

The tag of a new judging is the greatest of
    the queue's present tag;
    one step more than the last tag of its submitter: a submitter with 1,000 queued submissions gets 1,000 increasing
        tags, and one with a single submission goes first;
    the present tag and an eighth of a step for each judging that is queued from its client network: names are free, so
        all names of one network together are served like eight submitters at most.
A submitter's name counts within its network only: no other network can use up its places.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from judge.store.database import Connection
from judge.store.records import NewSubmission, Status
from judge.store.schema import judgings, live_judgings, submissions

NETWORK_SUBMITTERS = 8  # a network is served like so many submitters at most: a class behind one address, but no crowd
STEP = NETWORK_SUBMITTERS  # between two tags of one submitter, so that an eighth of it is a whole number
ID_TIME_CHARACTERS = 13  # the first characters of an id hold the millisecond when it was made
AFTER_EVERY_ID = "~"


def next_tag(present: int, last: int | None, network_waits: int = 0) -> int:
    """Return the tag of a submitter's next judging.

    Args:
        present: The queue's present tag.
        last: The submitter's last tag; None if nothing of it is live.
        network_waits: How many judgings of its client network are queued.
    """
    fair = present + network_waits * (STEP // NETWORK_SUBMITTERS)
    return fair if last is None else max(fair, last + STEP)


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The queue as one submitter finds it, at the priority of its submission."""

    queued: int  # judgings of all submitters, at any priority
    queued_of_network: int  # judgings of its network, at this priority
    waiting_of_submitter: int  # submissions, those that share a judging included
    waiting_of_network: int  # the same for its network
    present: int  # tag
    last: int | None  # tag


async def snapshot(connection: Connection, new: NewSubmission) -> Snapshot:
    """Read the queue as the submitter of `new` finds it, by one query."""
    table = judgings.c
    queued = sa.and_(live_judgings, table.status == Status.QUEUED)
    running = sa.and_(live_judgings, table.status == Status.RUNNING)
    network, priority = table.network == new.network, table.priority == int(new.priority)
    last = sa.select(sa.func.max(table.tag)).where(live_judgings, network, table.submitter == new.submitter, priority)
    present = sa.func.coalesce(
        sa.select(sa.func.max(table.tag)).where(running, priority).scalar_subquery(),
        sa.select(sa.func.min(table.tag)).where(queued, priority).scalar_subquery(),
        0,
    )
    count = sa.select(sa.func.count()).select_from(judgings).where(queued)
    of_network = submissions.c.network == new.network
    query = sa.select(
        count.scalar_subquery().label("queued"),
        count.where(network, priority).scalar_subquery().label("queued_of_network"),
        _waiting(of_network, submissions.c.submitter == new.submitter).label("waiting_of_submitter"),
        _waiting(of_network).label("waiting_of_network"),
        present.label("present"),
        last.scalar_subquery().label("last"),
    )
    return Snapshot(**(await connection.execute(query)).one()._mapping)


def _waiting(*chosen: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    """Count the chosen submissions that wait, those that share a judging included.

    None of them is older than the oldest judging that waits, which keeps the count off the history.
    """
    oldest = sa.select(sa.func.substr(sa.func.min(judgings.c.id), 1, ID_TIME_CHARACTERS))
    oldest = oldest.where(live_judgings, judgings.c.status == Status.QUEUED)
    return (
        sa.select(sa.func.count())
        .select_from(submissions.join(judgings, judgings.c.id == submissions.c.judging_id))
        .where(
            *chosen,
            submissions.c.id >= sa.func.coalesce(oldest.scalar_subquery(), AFTER_EVERY_ID),
            submissions.c.cancelled.is_(None),
            judgings.c.status == Status.QUEUED,
        )
        .scalar_subquery()
    )


class FairQueue:
    """The queue during one transaction: read once for each submitter, then counted on as submissions are added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.queued = 0  # judgings
        self._presents: dict[tuple[str, str, int], int] = {}  # tag, by network, submitter and priority
        self._lasts: dict[tuple[str, str, int], int | None] = {}  # the same
        self._queued_of_network: dict[tuple[str, int], int] = {}  # judgings, by network and priority
        self._of_submitter: dict[tuple[str, str], int] = {}  # submissions that wait, by network and submitter
        self._of_network: dict[str, int] = {}  # the same by network

    async def read(self, new: NewSubmission) -> None:
        """Read the queue as the submitter of `new` finds it, unless that was done before. Call it first."""
        lane = _lane(new)
        if lane in self._presents:
            return
        found = await snapshot(self._connection, new)
        if not self._presents:
            self.queued = found.queued
        self._presents[lane], self._lasts[lane] = found.present, found.last
        # What other lanes have read and added to stays: the rows of this transaction are not written yet.
        self._queued_of_network.setdefault((new.network, int(new.priority)), found.queued_of_network)
        self._of_submitter.setdefault((new.network, new.submitter), found.waiting_of_submitter)
        self._of_network.setdefault(new.network, found.waiting_of_network)

    def waiting_of_submitter(self, new: NewSubmission) -> int:
        """Return how many submissions of the submitter of `new` wait."""
        return self._of_submitter[new.network, new.submitter]

    def waiting_of_network(self, new: NewSubmission) -> int:
        """Return how many submissions of the client network of `new` wait."""
        return self._of_network[new.network]

    def add_submission(self, new: NewSubmission) -> None:
        """Count `new` among the submissions that wait."""
        self._of_submitter[new.network, new.submitter] += 1
        self._of_network[new.network] += 1

    def add_judging(self, new: NewSubmission) -> int:
        """Count one more judging, for `new`, and return its tag."""
        lane, crowd = _lane(new), (new.network, int(new.priority))
        network_waits = self._queued_of_network[crowd] if new.network else 0
        tag = next_tag(self._presents[lane], self._lasts[lane], network_waits)
        self._lasts[lane] = tag
        self._queued_of_network[crowd] += 1
        self.queued += 1
        return tag


def _lane(new: NewSubmission) -> tuple[str, str, int]:
    return new.network, new.submitter, int(new.priority)
