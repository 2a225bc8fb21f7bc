"""Charts as numbers that a template draws: the change of each leaf, and the distribution of accepted times."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from judge.verdict import Leaf

BAR_WIDTH = 100.0  # units of a bar's drawing; the page scales it
SAME_CHANGE = 1e-3  # relative: a change this close to the reference's counts as equal
BINS = 28
BIN_GAP = 2.0  # units of the drawing
HISTOGRAM_WIDTH, HISTOGRAM_HEIGHT = 560.0, 96.0  # units of the drawing
LEAST_TIMES = 3  # fewer are no distribution
LEAST_SPAN = 1.5  # longest over shortest time that the axis shows at least


@dataclass(frozen=True, kw_only=True)
class LeafRow:
    """One parameter leaf: norms and changes as numbers, bars in units of BAR_WIDTH, and a verdict in words.

    `state` is `frozen` or `moved`; `right` is true if the reference did the same, None if that isn't known.
    """

    path: str
    shape: tuple[int, ...]
    norm_before: float | None
    norm_after: float | None
    change: float | None
    expected_change: float | None
    bar: float
    expected_bar: float
    state: str
    right: bool | None
    words: str


@dataclass(frozen=True, kw_only=True)
class Bin:
    """One bar of the histogram, in units of the drawing."""

    x: float
    y: float
    width: float
    height: float
    count: int
    mine: bool


@dataclass(frozen=True, kw_only=True)
class Tick:
    """One mark of the time axis."""

    x: float
    label: str


@dataclass(frozen=True, kw_only=True)
class Histogram:
    """Times of accepted submissions on a logarithmic axis; `mine` is the place of this submission, if it is marked.

    `faster_than` is the share of the others that took longer, 0 to 1.
    """

    bins: tuple[Bin, ...]
    ticks: tuple[Tick, ...]
    count: int
    mine: float | None
    faster_than: float | None
    width: float = HISTOGRAM_WIDTH
    height: float = HISTOGRAM_HEIGHT


def leaf_rows(leaves: Sequence[Leaf]) -> tuple[LeafRow, ...]:
    """Return the rows of `CaseResult.leaves`. The longest bar is the largest change, the reference's included."""
    changes = [change for leaf in leaves for change in (leaf.change, leaf.expected_change) if change is not None]
    largest = max(changes, default=0.0) or 1.0
    return tuple(_leaf_row(leaf, largest) for leaf in leaves)


def histogram(times_ms: Sequence[float], mine_ms: float | None = None) -> Histogram | None:
    """Return the distribution of `times_ms`; None if there are too few.

    Args:
        times_ms: Times of accepted submissions in milliseconds; those that are not positive are left out.
        mine_ms: The time to mark, in milliseconds.
    """
    times = [time for time in times_ms if time > 0]
    if len(times) < LEAST_TIMES:
        return None
    mine = mine_ms if mine_ms and mine_ms > 0 else None
    low, high = _axis(min([*times, mine or math.inf]), max([*times, mine or 0.0]))
    return Histogram(
        bins=_bins(times, mine, low, high),
        ticks=tuple(Tick(x=_place(at, low, high), label=_tick_label(at)) for at in _round_times(low, high)),
        count=len(times),
        mine=_place(mine, low, high) if mine else None,
        faster_than=sum(time > mine for time in times) / len(times) if mine else None,
    )


def _bins(times: Sequence[float], mine: float | None, low: float, high: float) -> tuple[Bin, ...]:
    """Return the bins of an axis from `low` to `high`; the tallest one has the height of the drawing."""
    counts = Counter(_bin_of(time, low, high) for time in times)
    own = _bin_of(mine, low, high) if mine else None
    width, tallest = HISTOGRAM_WIDTH / BINS, max(counts.values())
    heights = [HISTOGRAM_HEIGHT * counts[index] / tallest for index in range(BINS)]
    return tuple(
        Bin(
            x=index * width,
            y=HISTOGRAM_HEIGHT - height,
            width=width - BIN_GAP,
            height=height,
            count=counts[index],
            mine=index == own,
        )
        for index, height in enumerate(heights)
    )


def _leaf_row(leaf: Leaf, largest: float) -> LeafRow:
    change, expected = leaf.change, leaf.expected_change
    right = None if change is None or expected is None else _is_same(change, expected)
    return LeafRow(
        path=leaf.path,
        shape=leaf.shape,
        norm_before=leaf.norm_before,
        norm_after=leaf.norm_after,
        change=change,
        expected_change=expected,
        bar=_bar(change, largest),
        expected_bar=_bar(expected, largest),
        state="frozen" if change == 0 else "moved",
        right=right,
        words=_words(change, expected, right),
    )


def _words(change: float | None, expected: float | None, right: bool | None) -> str:
    if change is None:
        return "not measured"
    if right is None:
        return "frozen" if change == 0 else "moved"
    if right:
        return "frozen (correct)" if change == 0 else "moved (correct)"
    if expected == 0:
        return "moved, but should be frozen"
    return "frozen, but should move" if change == 0 else "wrong step"


def _is_same(change: float, expected: float) -> bool:
    if expected == 0 or change == 0:
        return change == expected
    return abs(change - expected) <= SAME_CHANGE * expected


def _bar(change: float | None, largest: float) -> float:
    if not change:
        return 0.0
    return max(1.5, BAR_WIDTH * change / largest)  # even the smallest change is visible


def _axis(low: float, high: float) -> tuple[float, float]:
    if high / low < LEAST_SPAN:
        middle = math.sqrt(low * high)
        low, high = middle / math.sqrt(LEAST_SPAN), middle * math.sqrt(LEAST_SPAN)
    return low * 0.97, high * 1.03


def _place(time: float, low: float, high: float) -> float:
    return HISTOGRAM_WIDTH * math.log(time / low) / math.log(high / low)


def _bin_of(time: float, low: float, high: float) -> int:
    return min(BINS - 1, max(0, int(_place(time, low, high) / HISTOGRAM_WIDTH * BINS)))


def _round_times(low: float, high: float) -> list[float]:
    """Return round numbers between the ends: 1, 2, 5 times a power of ten, or more of them if those are too few."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1,), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9), tuple(1 + step / 10 for step in range(90))):
        found = [step * 10.0**power for power in powers for step in steps]
        found = [time for time in found if low <= time <= high]
        if len(found) >= LEAST_TIMES:
            return found[:: math.ceil(len(found) / 6)]
    return found


def _tick_label(milliseconds: float) -> str:
    return f"{milliseconds:g} ms" if milliseconds < 1000 else f"{milliseconds / 1000:g} s"
