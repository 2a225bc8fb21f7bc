"""Claims that came out of a box for one case, to be checked: never a verdict.

A `Value` is what the box may send: None, bool, int, float, str, a NumPy array, or a list, tuple or dict (string keys)
of such values. JAX arrays arrive as NumPy arrays of the same shape and dtype.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

Value: TypeAlias = (
    "bool | int | float | complex | str | np.ndarray | np.generic | Unencodable"
    " | Sequence[Value] | Mapping[str, Value] | None"
)
Leaves: TypeAlias = Mapping[str, np.ndarray]  # dotted path ("l1.kernel") -> array


@dataclass(frozen=True, kw_only=True)
class Unencodable:
    """Stands in a Value where the box found an object that is not an array, number, text or container of such."""

    type_name: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Raised:
    """An exception that left the submission's code.

    `traceback` holds the submission's own frames only, in file `solution.py`; `line` is the last of them, 0 if none.
    """

    type_name: str
    message: str
    traceback: str = ""
    line: int = 0


@dataclass(frozen=True, kw_only=True)
class Observed:
    """One `nnx.Optimizer` that was built during the call, and the model that it was given.

    `before` are the leaves of the model's variables when the optimizer was built, `after` the same once the function
    had returned. States of random numbers are left out; `aside` names the leaves of variables other than `nnx.Param`.
    `state_before` and `state_after` are the leaves of the optimizer's own state (`0.mu.l1.kernel`, `step`).
    """

    before: Leaves
    after: Leaves
    state_before: Leaves = field(default_factory=dict)
    state_after: Leaves = field(default_factory=dict)
    aside: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One case's reply: the returned value or the exception, and the models that were observed.

    `also` holds the values of further functions of the same module (a reference's `lookalikes`), by name.
    `facts` holds small measured claims by name (`inputs_changed`, `rng_streams`, `traces` ...), for checks that ask.
    `time_ms` is the parent's clock: inputs sent to reply received.
    """

    value: Value = None
    type_name: str = "NoneType"
    raised: Raised | None = None
    observed: tuple[Observed, ...] = ()
    also: Mapping[str, Value] = field(default_factory=dict)
    facts: Mapping[str, Value] = field(default_factory=dict)
    time_ms: float = 0.0

    def to_tree(self) -> dict[str, Any]:
        """Return the evidence of one of the judge's own programs, which raised nothing, as a tree for the wire."""
        return {
            "value": self.value,
            "type": self.type_name,
            "also": dict(self.also),
            "facts": dict(self.facts),
            "observed": [
                {name: dict(leaves) for name, leaves in vars(entry).items() if name != "aside"}
                | {"aside": sorted(entry.aside)}
                for entry in self.observed
            ],
            "time_ms": self.time_ms,
        }

    @classmethod
    def from_tree(cls, tree: Mapping[str, Any]) -> "Evidence":
        """Return the evidence that `to_tree` wrote. Raises KeyError or TypeError for anything else."""
        return cls(
            value=tree["value"],
            type_name=tree["type"],
            also=tree["also"],
            facts=tree["facts"],
            observed=tuple(Observed(**{**entry, "aside": frozenset(entry["aside"])}) for entry in tree["observed"]),
            time_ms=tree["time_ms"],
        )
