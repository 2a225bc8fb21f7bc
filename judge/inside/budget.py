"""The budget of what a box claims over one job: counted where a claim is decoded, before anything is allocated.

The limits of a frame are bytes; the work of its reader comes from what the frame means. A shape (10**9, 0) takes no
bytes and means a billion rows; a name is three bytes and means an array of megabytes. So each job has one `Budget`:
the box spends it on what a submission returns (a clear error for an honest program), and the judge spends one of its
own on what arrives (a forged frame ends there).

elements     entries of arrays, counted each time that an array is named; an axis of length 0 counts as 1
entries      values, containers, and what is in them
names        keys of mappings: the paths of leaves, the keys of returned dicts
characters   of texts and names together
"""

import math
from collections.abc import Sequence

ELEMENTS = 4_000_000  # 32 MB where a check takes them as float64
ENTRIES = 200_000
NAMES = 50_000  # a model of 500 leaves with Adam's moments, before and after, over 12 cases
CHARACTERS = 2_000_000
DEPTH = 32  # of containers in containers; a list that holds itself ends here
AXES = 16  # of one array
NAME_CHARACTERS = 200  # of one name; a longer one is cut


class BadFrame(ValueError):
    """The bytes are not a frame of the protocol (see wire.py), or claim more than was agreed."""


class OverBudget(BadFrame):
    """More was claimed than one job may; the message says what and how much is taken."""


class Budget:
    """The rest of one job's budget. Each method raises OverBudget before the caller allocates anything.

    Its sentence holds no number but the limit: a hidden case may have chosen the other one.
    """

    def __init__(
        self, elements: int = ELEMENTS, entries: int = ENTRIES, names: int = NAMES, characters: int = CHARACTERS
    ) -> None:
        self._most = {"array entries": elements, "values": entries, "names": names, "characters of text": characters}
        self._left = dict(self._most)

    def array(self, shape: Sequence[int]) -> None:
        """Spend one array of `shape`, whose axes are checked to be whole numbers of at least 0."""
        if len(shape) > AXES:
            raise OverBudget(f"an array has more than {AXES} axes")
        self._spend("array entries", math.prod(max(1, axis) for axis in shape))

    def entry(self, depth: int) -> None:
        """Spend one value, found `depth` containers down."""
        if depth > DEPTH:
            raise OverBudget(f"containers are nested more than {DEPTH} deep")
        self._spend("values", 1)

    def name(self, length: int) -> None:
        """Spend one name of `length` characters."""
        self._spend("names", 1)
        self._spend("characters of text", length)

    def text(self, length: int) -> None:
        """Spend a text of `length` characters."""
        self._spend("characters of text", length)

    def _spend(self, what: str, amount: int) -> None:
        self._left[what] -= amount
        if self._left[what] < 0:
            raise OverBudget(f"the results have more than {self._most[what]:,} {what} in all")


def of_judge() -> Budget:
    """Return a budget for frames that the judge wrote itself: cases and references are the author's."""
    return Budget(elements=1 << 28, entries=1 << 21, names=1 << 20, characters=1 << 28)


def of_control() -> Budget:
    """Return a budget for the short messages of a box beside its replies: its layers, a failure to load."""
    return Budget(elements=0, entries=1_000, names=100, characters=64 * 1024)
