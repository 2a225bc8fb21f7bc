"""Symptoms that checks recognise in a failed answer. A problem maps them to the mistakes that it has named."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias


class Symptom(StrEnum):
    """One way in which a check fails. Blocks report it in words; a problem maps it to a named mistake."""

    NOTHING_RETURNED = "nothing_returned"  # None was returned: a forgotten return statement
    NOT_NUMBERS = "not_numbers"  # text, an object, a model: anything but an array of real numbers
    WRONG_SHAPE = "wrong_shape"
    WRONG_DTYPE = "wrong_dtype"
    NOT_FINITE = "not_finite"  # NaN or infinity among the numbers
    DIFFERENT = "different"  # values that no lookalike explains
    LOOKALIKE = "lookalike"  # the values of a lookalike: its mistake is named

    NOT_SEEN = "not_seen"  # no nnx.Optimizer was built, so no model could be observed
    OTHER_TREE = "other_tree"  # the model has other leaves, or leaves of other shapes, than the reference's
    OTHER_START = "other_start"  # the model started from other values: another seed, or another order of drawing

    EVERYTHING_MOVED = "everything_moved"  # what should be frozen moved with all the rest
    BARELY_MOVED = "barely_moved"  # what should be frozen moved by much less than the rest: rounding, decay, a factor
    ONLY_FROZEN_MOVED = "only_frozen_moved"  # what should be frozen moved, and nothing else did
    SOME_FROZEN_MOVED = "some_frozen_moved"  # some leaves of what should be frozen moved

    NO_STEP = "no_step"  # nothing moved, and the optimizer's step counter did not either
    NOTHING_MOVED = "nothing_moved"  # the optimizer stepped, and yet no leaf of the model moved
    PARTLY_MOVED = "partly_moved"  # some leaves that should move did not
    MORE_STEPS = "more_steps"  # the step counter says that more steps were taken than the reference takes
    FEWER_STEPS = "fewer_steps"
    REVERSED = "reversed"  # the opposite direction: uphill
    SCALED = "scaled"  # the right direction, another length: another learning rate or loss
    SIGN_LIKE = "sign_like"  # every entry moved by the same amount: an optimizer that divides by the gradient's size
    OTHER_CHANGE = "other_change"  # a change in none of these ways


# Ways to fail that say little: a mistake that is named for one of these gives way to any other.
VAGUE = frozenset({Symptom.DIFFERENT, Symptom.OTHER_CHANGE, Symptom.SCALED, Symptom.SIGN_LIKE, Symptom.OTHER_START})

Mistakes: TypeAlias = Mapping[Symptom, str]  # symptom -> id of a mistake in problem.toml

NO_MISTAKES: Mistakes = {}
