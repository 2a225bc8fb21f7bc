"""Estimates when a submission that waits has its verdict, from how long the last ones took.

    n submissions end before it begins, in c slots that take m seconds each:

    now ──── (n - 1/2) * m / c ────> it begins ──── its own time ────> verdict

Half a submission less, since those that run now have begun at any time. What the interval has to cover: how much the
times of the others differ, how loaded the machine becomes, and how long this one takes itself.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

LOW_SHARE, HIGH_SHARE = 0.1, 0.95  # of the last times of the problem: the interval's ends, as its own time
SOONER, LATER = 1.2, 1.6  # standard deviations of the wait on either side
DRIFT = 0.2  # of the wait on either side: more or fewer run on this machine than before
HAND_OVER_SECONDS = 0.05  # between a verdict and the next submission's start
LEAST_TIMES = 3  # of a problem; with fewer, those of all problems count
MOST_TIMES = 64  # the last ones that an estimate is made of


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """Seconds from now until a verdict: four in five come between `low` and `high`."""

    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class ServiceTime:
    """The seconds that one submission ran, from its start to its verdict."""

    problem: str
    samples_only: bool
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """The wait of one submission.

    `position` is 1 for the next in the queue, None where it waits for another attempt; `starting` says that no worker
    is ready yet; `estimate` is None where nothing is known.
    """

    position: int | None
    starting: bool = False
    estimate: Estimate | None = None

    def estimate_json(self) -> dict[str, float] | None:
        """Return the estimate as the API shows it."""
        if self.estimate is None:
            return None
        return {"low": round(self.estimate.low, 1), "high": round(self.estimate.high, 1)}


def estimate(
    problem: str, *, samples_only: bool, ahead: int, running: int, slots: int, times: Sequence[ServiceTime]
) -> Estimate | None:
    """Return the estimate for a submission that waits; None without slots or without a single known time.

    Args:
        problem: its problem.
        samples_only: whether only the samples are run.
        ahead: how many wait before it.
        running: how many run now.
        slots: how many can run at the same time.
        times: of the last verdicts, the newest first; at most MOST_TIMES of them count.
    """
    times = times[:MOST_TIMES]
    if not times or slots < 1:
        return None
    alike = [each.seconds for each in times if (each.problem, each.samples_only) == (problem, samples_only)]
    every = sorted(each.seconds for each in times)
    own = sorted(alike) if len(alike) >= LEAST_TIMES else every
    ends = max(0, ahead + running + 1 - slots)  # of others, before it can begin
    mean = statistics.fmean(every) + HAND_OVER_SECONDS
    wait = max(0.0, (ends - 0.5) * mean / slots)
    deviation = math.hypot(statistics.pstdev(every) * math.sqrt(ends) / slots, mean / slots / 3 if ends else 0.0)
    low = max(0.0, wait - SOONER * deviation - DRIFT * wait) + _quantile(own, LOW_SHARE)
    high = wait + LATER * deviation + DRIFT * wait + HAND_OVER_SECONDS + _quantile(own, HIGH_SHARE)
    return Estimate(low=low, high=high)


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the ordered values lie, between neighbours in proportion."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
