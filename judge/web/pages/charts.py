"""Pictures as numbers that a template draws: what a step did to each leaf, and how the accepted times are spread."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from judge.verdict import Json

BAR_WIDTH = 100.0  # units of a bar's drawing; the page scales it
SAME_CHANGE = 1e-3  # relative: a change this near to the reference's is the reference's
BINS = 28
HISTOGRAM_WIDTH, HISTOGRAM_HEIGHT = 560.0, 96.0  # units of the drawing
LEAST_TIMES = 3  # a distribution of fewer says nothing
LEAST_SPAN = 1.5  # longest over shortest time that the axis shows at least


@dataclass(frozen=True, kw_only=True)
class LeafRow:
    """One parameter leaf: norms and changes as numbers, bars in units of BAR_WIDTH, and what happened in words.

    `state` is `frozen` or `moved`; `right` whether the reference did the same; None where that isn't known.
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
    """Times of accepted submissions on a logarithmic axis; `mine` is where this submission stands, if it is shown.

    `faster_than` is the share of the others that took longer, 0 to 1.
    """

    bins: tuple[Bin, ...]
    ticks: tuple[Tick, ...]
    count: int
    mine: float | None
    faster_than: float | None
    width: float = HISTOGRAM_WIDTH
    height: float = HISTOGRAM_HEIGHT


def leaf_rows(leaves: Sequence[Mapping[str, Json]]) -> tuple[LeafRow, ...]:
    """The rows of `CaseResult.leaves`. The longest bar is the largest change, the reference's included."""
    changes = [_number(leaf.get(name)) for leaf in leaves for name in ("change", "expected_change")]
    largest = max((change for change in changes if change is not None), default=0.0) or 1.0
    return tuple(_leaf_row(leaf, largest) for leaf in leaves)


def histogram(times_ms: Sequence[float], mine_ms: float | None = None) -> Histogram | None:
    """How `times_ms` (milliseconds, positive) are spread; None where there are too few to say."""
    times = sorted(time for time in times_ms if time > 0)
    if len(times) < LEAST_TIMES:
        return None
    shown = [*times, mine_ms] if mine_ms and mine_ms > 0 else times
    low, high = _axis(min(shown), max(shown))
    counts = [0] * BINS
    for time in times:
        counts[_bin_of(time, low, high)] += 1
    own = _bin_of(mine_ms, low, high) if mine_ms and mine_ms > 0 else None
    width, tallest = HISTOGRAM_WIDTH / BINS, max(counts)
    bins = tuple(
        Bin(
            x=index * width, width=width - 2.0, count=count, mine=index == own,
            height=HISTOGRAM_HEIGHT * count / tallest, y=HISTOGRAM_HEIGHT * (1 - count / tallest),
        )
        for index, count in enumerate(counts)
    )  # fmt: skip
    return Histogram(
        bins=bins,
        ticks=tuple(Tick(x=_place(at, low, high), label=_tick_label(at)) for at in _round_times(low, high)),
        count=len(times),
        mine=_place(mine_ms, low, high) if own is not None and mine_ms else None,
        faster_than=sum(time > mine_ms for time in times) / len(times) if mine_ms else None,
    )


def _leaf_row(leaf: Mapping[str, Json], largest: float) -> LeafRow:
    change, expected = _number(leaf.get("change")), _number(leaf.get("expected_change"))
    right = None if change is None or expected is None else _is_same(change, expected)
    return LeafRow(
        path=str(leaf.get("path", "")),
        shape=tuple(int(size) for size in leaf.get("shape") or ()),
        norm_before=_number(leaf.get("norm_before")),
        norm_after=_number(leaf.get("norm_after")),
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
        return "not seen"
    if right is None:
        return "frozen" if change == 0 else "moved"
    if right:
        return "frozen, as it should be" if change == 0 else "moved as it should"
    if expected == 0:
        return "moved, but should be frozen"
    return "frozen, but should move" if change == 0 else "moved by another amount"


def _is_same(change: float, expected: float) -> bool:
    if expected == 0 or change == 0:
        return change == expected
    return abs(change - expected) <= SAME_CHANGE * expected


def _bar(change: float | None, largest: float) -> float:
    if not change:
        return 0.0
    return max(1.5, BAR_WIDTH * change / largest)  # a change that is there is seen


def _number(value: Json) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    return None


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
    """Round numbers between the ends: 1, 2, 5 times a power of ten, every one of the power where those are too few."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in ((1,), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9), tuple(1 + step / 10 for step in range(90))):
        found = [step * 10.0**power for power in powers for step in steps]
        found = [time for time in found if low <= time <= high]
        if len(found) >= LEAST_TIMES:
            return found[:: math.ceil(len(found) / 6)]
    return found


def _tick_label(milliseconds: float) -> str:
    return f"{milliseconds:g} ms" if milliseconds < 1000 else f"{milliseconds / 1000:g} s"
