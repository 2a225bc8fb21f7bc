"""Sees what a training step did to a model: keeps each model that an `nnx.Optimizer` is given, and reads it again.

The optimizer's constructor is wrapped, not its `update`: reading the model after the call works for eager, `nnx.jit`
and `multi_transform` solutions alike, where a wrapper around `update` would meet tracers.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

MAX_OPTIMIZERS = 16  # of one call; more are not looked at
MAX_LEAF_BYTES = 4 * 1024 * 1024  # of all leaves of one model together; larger models are not sent

_built: list[tuple[Any, Any, dict[str, np.ndarray], dict[str, np.ndarray]]] = []


def install() -> None:
    """Wrap `nnx.Optimizer.__init__` for the life of this process and its forks."""
    from flax import nnx

    original = nnx.Optimizer.__init__

    @functools.wraps(original)
    def init(self: Any, model: Any, *arguments: Any, **keywords: Any) -> None:
        original(self, model, *arguments, **keywords)
        if len(_built) < MAX_OPTIMIZERS:
            _built.append((self, model, _parameters(model), _state(self)))

    nnx.Optimizer.__init__ = init


class Watch:
    """Watches one call."""

    def __init__(self) -> None:
        _built.clear()

    def run(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Call `function`; its result, with every array computed."""
        import jax

        return jax.block_until_ready(function(*arguments))

    def observed(self) -> list[dict[str, Any]]:
        """One entry for each optimizer whose model could be read before and after; see judge.evidence.Observed."""
        seen = []
        for optimizer, model, before, state_before in _built:
            after = _parameters(model)
            if before and after:
                seen.append(
                    {
                        "before": before,
                        "after": after,
                        "state_before": state_before,
                        "state_after": _state(optimizer),
                    }
                )
        _built.clear()
        return seen


def _parameters(model: Any) -> dict[str, np.ndarray]:
    from flax import nnx

    flat = nnx.to_flat_state(nnx.state(model, nnx.Param))
    return _read((".".join(map(str, path)), leaf.get_value()) for path, leaf in flat)


def _state(optimizer: Any) -> dict[str, np.ndarray]:
    import jax

    tree = {"step": optimizer.step, "opt_state": optimizer.opt_state}
    leaves, _ = jax.tree_util.tree_flatten_with_path(tree)
    return _read((_dotted(path), leaf) for path, leaf in leaves)


def _dotted(path: Sequence[Any]) -> str:
    names = [str(getattr(key, "key", getattr(key, "idx", getattr(key, "name", key)))) for key in path]
    if names and names[-1] in ("value", "raw_value"):
        names.pop()
    return ".".join(names).removeprefix("opt_state.")


def _read(leaves: Any) -> dict[str, np.ndarray]:
    """Copies of `leaves`; empty where they are tracers (the optimizer was built in a traced function) or too large."""
    import jax

    arrays: dict[str, np.ndarray] = {}
    total = 0
    for name, leaf in leaves:
        if isinstance(leaf, jax.core.Tracer):
            return {}
        try:
            array = np.array(leaf)
        except (TypeError, ValueError, RuntimeError):
            continue  # not an array, or donated to a jitted step and gone
        total += array.nbytes
        if total > MAX_LEAF_BYTES:
            return {}
        arrays[name] = array
    return arrays
