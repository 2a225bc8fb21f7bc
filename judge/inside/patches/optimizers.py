"""Watch what a training step does to a model: keep each model that an `nnx.Optimizer` is given, and read it again.

The optimizer's constructor is wrapped, not its `update`: reading the model after the call works for eager, `nnx.jit`
and `multi_transform` solutions alike, where a wrapper around `update` would meet tracers. All variables of the model
are read but the states of random numbers. Arrays may be deleted before they are read again (`jax.live_arrays()` gives
everybody's): `delete` keeps a copy of those that an observed model or optimizer holds.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .. import serialize
from ..messages import MAX_OBSERVED, Observed

PRIVATE_NAMES = ("flax.nnx.Optimizer.__init__", "jaxlib._jax.ArrayImpl.delete")
MAX_LEAF_BYTES = 4 * 1024 * 1024  # of all leaves of one model together; larger models are not sent

_built: list[tuple[Any, Any, dict[str, np.ndarray], dict[str, np.ndarray]]] = []
_deleted: dict[int, tuple[Any, np.ndarray | None]] = {}  # by id: an array that is held, and what it held


def apply() -> None:
    """Wrap `nnx.Optimizer.__init__` and `jax.Array.delete` for the life of this process and its forks."""
    from flax import nnx
    from jaxlib import _jax

    delete = _jax.ArrayImpl.delete

    def keep_and_delete(self: Any) -> None:
        if _built and not self.is_deleted() and any(each is self for each in _held()):
            _deleted[id(self)] = (self, serialize.array_of(self))
        delete(self)

    _jax.ArrayImpl.delete = keep_and_delete

    original = nnx.Optimizer.__init__

    @functools.wraps(original)
    def init(self: Any, model: Any, *arguments: Any, **keywords: Any) -> None:
        original(self, model, *arguments, **keywords)
        if len(_built) < MAX_OBSERVED:
            _built.append((self, model, _variables(model)[0], _state(self)))

    nnx.Optimizer.__init__ = init


class Watch:
    """Watches one call."""

    def __init__(self) -> None:
        _forget()

    def run(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Return the result of `function`, with every array computed."""
        import jax

        return jax.block_until_ready(function(*arguments))

    def observed(self) -> tuple[Observed, ...]:
        """Return one entry for each optimizer whose model could be read before and after."""
        seen = []
        for optimizer, model, before, state_before in _built:
            after, aside = _variables(model)
            if before and after:
                seen.append(
                    Observed(
                        before=before,
                        after=after,
                        aside=tuple(aside),
                        state_before=state_before,
                        state_after=_state(optimizer),
                    )
                )
        _forget()
        return tuple(seen)


def _forget() -> None:
    _built.clear()
    _deleted.clear()


def _held() -> Iterator[Any]:
    """Yield every array of the models and optimizers that were built in this call."""
    import jax

    for optimizer, model, *_ in _built:
        yield from (leaf for _, leaf, _ in _leaves(model))
        yield from jax.tree_util.tree_leaves((optimizer.step, optimizer.opt_state))


def _leaves(model: Any) -> Iterator[tuple[str, Any, bool]]:
    """Yield (path, array or number, True for a parameter) of each part of each of a model's variables."""
    import jax
    from flax import nnx

    for path, variable in nnx.to_flat_state(nnx.state(model)):
        if not isinstance(variable, nnx.Variable) or isinstance(variable, nnx.RngState):
            continue
        value, names, is_parameter = variable.get_value(), list(map(_name, path)), isinstance(variable, nnx.Param)
        if isinstance(value, jax.Array):
            yield ".".join(names), value, is_parameter
            continue
        for inner, leaf in jax.tree_util.tree_flatten_with_path(value)[0]:  # None has no leaf, a dict has some
            yield ".".join(names + _names(inner)), leaf, is_parameter


def _variables(model: Any) -> tuple[dict[str, np.ndarray], list[str]]:
    """Return the leaves of all variables by path, and the paths of those that aren't parameters."""
    leaves = list(_leaves(model))
    arrays = _read((path, leaf) for path, leaf, _ in leaves)
    return arrays, [path for path, _, is_parameter in leaves if not is_parameter and path in arrays]


def _state(optimizer: Any) -> dict[str, np.ndarray]:
    import jax

    tree = {"step": optimizer.step, "opt_state": optimizer.opt_state}
    leaves, _ = jax.tree_util.tree_flatten_with_path(tree)
    return _read((_dotted(path), leaf) for path, leaf in leaves)


def _names(path: Sequence[Any]) -> list[str]:
    return [_name(getattr(key, "key", getattr(key, "idx", getattr(key, "name", key)))) for key in path]


def _name(key: Any) -> str:
    """Return one part of a path; a dot in it is not the dot between parts."""
    return str(key).replace(".", "\\.")


def _dotted(path: Sequence[Any]) -> str:
    names = _names(path)
    if names and names[-1] in ("value", "raw_value"):
        names.pop()
    return ".".join(names).removeprefix("opt_state.")


def _read(leaves: Any) -> dict[str, np.ndarray]:
    """Return copies of `leaves`; none where they are tracers (the optimizer was built in a trace) or too large."""
    import jax

    arrays: dict[str, np.ndarray] = {}
    total = 0
    for name, leaf in leaves:
        if isinstance(leaf, jax.core.Tracer):
            return {}
        array = _deleted[id(leaf)][1] if id(leaf) in _deleted else serialize.array_of(leaf)
        if array is None:
            continue  # not an array, or donated to a jitted step and gone
        total += array.nbytes
        if total > MAX_LEAF_BYTES:
            return {}
        arrays[name] = array
    return arrays
