"""Measure a call, for problems whose checks ask for a fact by name; see judge.checking.measurements.

The names of the measurements are in measurement_names.py.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..measurement_names import INPUTS_CHANGED, JIT, RNG_STREAMS, TRACES

PRIVATE_NAMES = ("flax.nnx.RngStream.__call__",)  # of a public class: replaced
TRACE_EVENT = "/jax/core/compile/jaxpr_trace_duration"  # JAX's own name of one trace
MAX_REASON = 300  # characters

_drawn: Counter[str] = Counter()
_traced = [0]


def apply() -> None:
    """Count keys drawn and functions traced, for the life of this process and its forks."""
    import jax.monitoring
    from flax import nnx

    original = nnx.RngStream.__call__

    def draw(self: Any) -> Any:
        _drawn[str(getattr(self, "tag", ""))] += 1
        return original(self)

    def count(event: str, _seconds: float, **_: Any) -> None:
        _traced[0] += event == TRACE_EVENT

    nnx.RngStream.__call__ = draw
    jax.monitoring.register_event_duration_secs_listener(count)


class Measurements:
    """Measures one call of a function; `wanted` names the facts."""

    def __init__(self, wanted: Sequence[str], names: Sequence[str]) -> None:
        self._wanted, self._names = frozenset(wanted), tuple(names)
        self._kept: tuple[Any, ...] = ()
        self._streams: dict[str, int] = {}
        _drawn.clear()

    def arguments(self, values: Any) -> tuple[Any, ...]:
        """Return what the function is called with: arrays as JAX arrays, or as NumPy copies if they are watched."""
        self._kept = tuple(values)
        return self._fresh()

    def called(self) -> None:
        """Stop counting: the call is over."""
        self._streams = dict(_drawn)

    def all(self, function: Callable[..., Any], given: tuple[Any, ...]) -> dict[str, Any]:
        """Return the facts that are wanted. May call `function` again."""
        measured: dict[str, Any] = {}
        if INPUTS_CHANGED in self._wanted:
            measured[INPUTS_CHANGED] = [
                name
                for name, before, after in zip(self._names, self._kept, given, strict=True)
                if _differ(before, after)
            ]
        if RNG_STREAMS in self._wanted:
            measured[RNG_STREAMS] = self._streams
        if TRACES in self._wanted:
            before = _traced[0]
            function(*self._fresh())
            measured[TRACES] = _traced[0] - before
        if JIT in self._wanted:
            measured[JIT] = _under_jit(function, self._fresh())
        return measured

    def _fresh(self) -> tuple[Any, ...]:
        """Return the arguments anew: the call may have deleted the arrays that it was given."""
        import jax.numpy as jnp

        make = np.array if INPUTS_CHANGED in self._wanted else jnp.asarray
        return tuple(make(value) if isinstance(value, np.ndarray) else value for value in self._kept)


def _differ(before: Any, after: Any) -> bool:
    return isinstance(before, np.ndarray) and (before.shape != after.shape or before.tobytes() != after.tobytes())


def _under_jit(function: Callable[..., Any], given: tuple[Any, ...]) -> bool | str:
    import jax

    try:
        jax.block_until_ready(jax.jit(lambda *arguments: function(*arguments))(*given))
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:MAX_REASON]
    return True
