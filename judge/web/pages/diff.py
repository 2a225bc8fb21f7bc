"""Compares two programs line by line, for a table of two columns. Imports neither a web framework nor a database."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from markupsafe import Markup

from judge.submission import lines_of
from judge.web.pages.text import invisible_count, reveal, visible

MOST_LINES = 600  # of each program; later ones are not compared
LINE_CHARACTERS = 300  # of one line; the rest of it is not compared
MOST_PICTURES = 200  # of invisible characters in one program; more get their Python escape, and no name
CONTEXT = 3  # equal lines that are shown around a change
LEAST_GAP = 3  # equal lines that are worth folding
ALIKE = 0.5  # of two lines' characters: from here on one is a change of the other
BLOCK_PAIRS = 225  # of lines in one change that are compared with each other
MOST_STEPS = 16_000_000  # of all comparisons within lines: bounds the time, to half a second or so
LOOK_STEPS = 3  # a character costs as much where a line is only looked at, to see if comparing is worth it
_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")

SAME, CHANGED, REMOVED, ADDED, GAP = "same", "changed", "removed", "added", "gap"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of one program: its number from 1, and its text as HTML with the changed parts in <mark>."""

    number: int
    html: Markup


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of the table. A gap stands for `count` equal lines, and has neither line."""

    kind: str
    left: Line | None = None
    right: Line | None = None
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class Diff:
    """The rows of two programs; `changes` counts those that differ, `is_cut` if lines or their ends were left out."""

    rows: tuple[Row, ...]
    changes: int
    is_cut: bool


def compare_programs(left: str, right: str) -> Diff:
    """Return the rows of two programs, aligned; equal lines far from any change are folded."""
    (ours, cut_left), (theirs, cut_right) = _bounded(left), _bounded(right)
    rows = list(_rows(ours, theirs))
    changes = sum(row.kind != SAME for row in rows)
    return Diff(rows=tuple(_folded(rows)), changes=changes, is_cut=cut_left or cut_right)


def _bounded(text: str) -> tuple[list[str], bool]:
    lines = [line.rstrip() for line in lines_of(text)]
    while lines and not lines[-1]:
        lines.pop()
    if sum(map(invisible_count, lines)) > MOST_PICTURES:
        lines = list(map(visible, lines))
    shown = [line if len(line) <= LINE_CHARACTERS else line[:LINE_CHARACTERS] + "…" for line in lines[:MOST_LINES]]
    return shown, shown != lines


def _rows(left: Sequence[str], right: Sequence[str]) -> Iterator[Row]:
    work = _Work()
    for kind, at, end, other, other_end in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind == "equal":
            for one, two in zip(range(at, end), range(other, other_end), strict=True):
                yield Row(kind=SAME, left=_plain(left, one), right=_plain(right, two))
            continue
        ours, theirs = left[at:end], right[other:other_end]
        pairs = _alike(ours, theirs, work) if len(ours) * len(theirs) <= BLOCK_PAIRS else []
        yield from _change(left, right, (at, end), (other, other_end), pairs, work)


def _change(
    left: Sequence[str],
    right: Sequence[str],
    ours: tuple[int, int],
    theirs: tuple[int, int],
    pairs: Sequence[tuple[int, int]],
    work: "_Work",
) -> Iterator[Row]:
    """Yield the rows of one change; `pairs` are the lines, counted from its first, that stand beside each other."""
    at, other = ours[0], theirs[0]
    for one, two in (*((ours[0] + one, theirs[0] + two) for one, two in pairs), (ours[1], theirs[1])):
        yield from (Row(kind=REMOVED, left=_plain(left, index)) for index in range(at, one))
        yield from (Row(kind=ADDED, right=_plain(right, index)) for index in range(other, two))
        if one < ours[1]:
            before, after = _marked(left[one], right[two], work)
            yield Row(kind=CHANGED, left=Line(number=one + 1, html=before), right=Line(number=two + 1, html=after))
        at, other = one + 1, two + 1


def _alike(left: Sequence[str], right: Sequence[str], work: "_Work") -> list[tuple[int, int]]:
    """Return the pairs of lines, in order, whose likeness is the largest in sum."""
    best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    likeness = [[_likeness(one.strip(), two.strip(), work) for two in right] for one in left]
    for at in range(len(left) - 1, -1, -1):
        for other in range(len(right) - 1, -1, -1):
            paired = likeness[at][other] + best[at + 1][other + 1] if likeness[at][other] else 0.0
            best[at][other] = max(best[at + 1][other], best[at][other + 1], paired)
    pairs, at, other = [], 0, 0
    while at < len(left) and other < len(right):
        if likeness[at][other] and best[at][other] == likeness[at][other] + best[at + 1][other + 1]:
            pairs.append((at, other))
            at, other = at + 1, other + 1
        elif best[at][other] == best[at + 1][other]:
            at += 1
        else:
            other += 1
    return pairs


class _Work:
    """Counts the steps of comparisons within lines; one that needs more than are left is not made."""

    def __init__(self) -> None:
        self._left = MOST_STEPS

    def has_for(self, left: Sequence[str], right: Sequence[str]) -> bool:
        """Return whether two sequences may be compared, and count the most steps of it.

        Each search for the longest match takes a step for each pair of equal items, and finds an item at least.
        """
        ours, theirs = Counter(left), Counter(right)
        equal = sum(count * theirs[item] for item, count in ours.items())
        return self.takes(equal * min(len(left), len(right)))

    def takes(self, steps: int) -> bool:
        """Count some steps; return False where too few are left."""
        if steps > self._left:
            return False
        self._left -= steps
        return True


def _likeness(left: str, right: str, work: _Work) -> float:
    """Return how alike two lines are, up to 1; 0 if they are different lines, or there is no time to compare them."""
    if not left or not right or not work.takes(LOOK_STEPS * (len(left) + len(right))):
        return 0.0
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE or not work.has_for(left, right):
        return 0.0
    ratio = matcher.ratio()
    return ratio if ratio >= ALIKE else 0.0


def _marked(left: str, right: str, work: _Work) -> tuple[Markup, Markup]:
    """Return two lines as HTML, in which the tokens that differ are marked; all of them where time is short."""
    ours, theirs = _TOKENS.findall(left), _TOKENS.findall(right)
    codes = [("replace", 0, len(ours), 0, len(theirs))]
    if work.has_for(ours, theirs):
        codes = list(SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes())
    before, after = Markup(), Markup()
    for kind, at, end, other, other_end in codes:
        one, two = reveal("".join(ours[at:end])), reveal("".join(theirs[other:other_end]))
        if kind != "equal":
            one, two = (Markup("<mark>{}</mark>").format(text) if text else text for text in (one, two))
        before, after = before + one, after + two
    return before, after


def _plain(lines: Sequence[str], index: int) -> Line:
    return Line(number=index + 1, html=reveal(lines[index]))


def _folded(rows: Sequence[Row]) -> Iterator[Row]:
    """Yield the rows, with a gap in the place of equal ones that are far from every change."""
    changed = [index for index, row in enumerate(rows) if row.kind != SAME]
    shown = {near for index in changed for near in range(index - CONTEXT, index + CONTEXT + 1)}
    at = 0
    while at < len(rows):
        end = at
        while end < len(rows) and end not in shown:
            end += 1
        if changed and end - at >= LEAST_GAP:
            yield Row(kind=GAP, count=end - at)
            at = end
        else:
            yield from rows[at : max(end, at + 1)]
            at = max(end, at + 1)
