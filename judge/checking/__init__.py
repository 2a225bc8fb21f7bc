"""Blocks that an author composes a problem's `check.py` from: each takes a check's id first and returns a Check."""

import warnings

from judge.checking.gradients import gradient
from judge.checking.leaf_table import leaf_changes
from judge.checking.lookalikes import lookalikes
from judge.checking.measurements import inputs_unchanged, jit_compatible, no_retrace, rng_streams
from judge.checking.model_parameters import frozen, leaf_dtypes, moved, parameters, trained
from judge.checking.models import Seen, seen_models
from judge.checking.optimizer_state import moments, moments_close, moments_zero, steps_taken
from judge.checking.paths import is_under, leaves_under
from judge.checking.symptoms import Mistakes, Symptom
from judge.checking.trees import flat_leaves, structure, tree_close
from judge.checking.values import close, dtype, identical, real_array

__all__ = [
    "Mistakes",
    "Seen",
    "Symptom",
    "close",
    "dtype",
    "flat_leaves",
    "frozen",
    "gradient",
    "identical",
    "inputs_unchanged",
    "is_under",
    "jit_compatible",
    "leaf_changes",
    "leaf_dtypes",
    "leaves_under",
    "lookalikes",
    "moments",
    "moments_close",
    "moments_zero",
    "moved",
    "no_retrace",
    "parameters",
    "real_array",
    "rng_streams",
    "seen_models",
    "steps_taken",
    "structure",
    "trained",
    "tree_close",
]


def __getattr__(name: str) -> type[Symptom]:
    if name == "Sign":
        warnings.warn("judge.checking.Sign is now called Symptom", DeprecationWarning, stacklevel=2)
        return Symptom
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
