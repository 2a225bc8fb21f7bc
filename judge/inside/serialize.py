"""Serialize what a submission returned: as arrays, numbers, text and containers of them, which the wire takes."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from . import budget, wire
from .wire import Tree

REPLY_DEPTH = 2  # of containers that a reply puts around a value


class TooLarge(ValueError):
    """The result has more bytes than the problem's limit, or more parts than are taken."""


def to_tree(value: Any, limit: int) -> Tree:
    """Return `value` as a tree for the wire, with arrays of at most `limit` bytes in all.

    JAX and NumPy arrays and scalars become np.ndarray of the same shape and dtype; NNX variables become their value,
    states, modules' mappings and other mappings become dicts. Anything else becomes
    Missing(type name, why). Raises TooLarge. Runs the submission's own code where an object has an `__array__`: only
    bytes leave the box.
    """
    try:
        return _Serializer(limit).serialize(value, 0)
    except budget.OverBudget as error:
        raise TooLarge(str(error)) from error


def array_of(leaf: Any) -> np.ndarray | None:
    """Return a copy of an array or a number of any dtype that JAX has; None for anything else, and deleted arrays.

    The keys of random numbers become their data: uint32 with one more axis.
    """
    import jax

    try:
        if isinstance(leaf, jax.Array) and jax.dtypes.issubdtype(leaf.dtype, jax.dtypes.extended):
            leaf = jax.random.key_data(leaf)
        array = np.array(leaf, order="C")
    except (TypeError, ValueError, RuntimeError):
        return None
    return array if array.dtype.name in wire.DTYPES else None


class _Serializer:
    def __init__(self, limit: int) -> None:
        self._limit = self._bytes_left = limit
        self._budget = budget.Budget()

    def serialize(self, value: Any, depth: int) -> Tree:
        """Return `value`, found `depth` containers down, as a tree. Raises TooLarge."""
        if depth >= budget.DEPTH - REPLY_DEPTH:
            return wire.Missing((type(value).__name__, "nested too deep"))
        self._budget.entry(depth)
        if value is None or type(value) in (bool, int, float, complex):
            return value  # type: ignore[no-any-return]
        if isinstance(value, str):
            text = str.__str__(value)[: wire.MAX_TEXT]
            self._budget.text(len(text))
            return text
        if isinstance(value, np.ndarray | np.generic) or _is_jax_array(value):
            return self._array(value)
        value = _unwrapped(value)
        if isinstance(value, Mapping):
            return {self._name(key): self.serialize(item, depth + 1) for key, item in value.items()}
        if isinstance(value, tuple):
            return tuple(self.serialize(item, depth + 1) for item in tuple.__iter__(value))
        if isinstance(value, list):
            return [self.serialize(item, depth + 1) for item in list.__iter__(value)]
        if hasattr(type(value), "__array__"):
            return self._array(value)
        return wire.Missing((type(value).__name__, "not an array, a number, text or a container of these"))

    def _name(self, key: Any) -> str:
        name = str(key)[: budget.NAME_CHARACTERS]
        self._budget.name(len(name))
        return name

    def _array(self, value: Any) -> Tree:
        size = getattr(value, "nbytes", 0)
        if isinstance(size, int) and size > self._limit:
            raise TooLarge(f"the result has {size:,} bytes; at most {self._limit:,} are taken")
        array = np.asarray(value)
        self._budget.array(array.shape)
        if array.dtype.name not in wire.DTYPES:
            return wire.Missing((type(value).__name__, f"an array of dtype {array.dtype.name}"))
        self._bytes_left -= array.nbytes
        if self._bytes_left < 0:
            raise TooLarge(f"the result has more than {self._limit:,} bytes")
        return np.array(array, order="C")  # a plain array, no subclass, no view of memory that may change


def _is_jax_array(value: Any) -> bool:
    import jax

    return isinstance(value, jax.Array) and not jax.dtypes.issubdtype(value.dtype, jax.dtypes.extended)


def _unwrapped(value: Any) -> Any:
    from flax import nnx

    if isinstance(value, nnx.Variable):
        return value.get_value()
    if isinstance(value, nnx.State):
        return nnx.to_pure_dict(value)
    if isinstance(value, nnx.Module):
        return nnx.to_pure_dict(nnx.state(value))
    return value
