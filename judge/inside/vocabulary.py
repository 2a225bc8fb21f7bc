"""Usual operations on arrays of the shapes that a problem brings: compiled ahead, for programs that no warm-up has.

It knows shapes, which a warm-up has met, and no solution: each operation is one that any program may use, and each
becomes a program of its own.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np

Shape: TypeAlias = tuple[int, ...]
Operation: TypeAlias = Callable[..., object]
MAX_SHAPES = 64
MAX_SIZE = 4096  # entries of one array: a larger one costs more to compute than to compile
MAX_AXES = 3
MOST_SCALARS = 8  # in one array
FIRST = 7  # of the rows of operations on one array: those before the operations on two


def usable(shapes: Iterable[Shape]) -> list[Shape]:
    """Return the first MAX_SHAPES of `shapes` that operations are compiled for, each once."""
    wanted = (shape for shape in dict.fromkeys(shapes) if 0 < len(shape) <= MAX_AXES and 0 < np.prod(shape) <= MAX_SIZE)
    return [shape for shape, _ in zip(wanted, range(MAX_SHAPES), strict=False)]


def speak(shapes: Sequence[Shape], enough: Callable[[], bool]) -> None:
    """Run usual operations on float32 arrays of these shapes and on scalars, the commonest first, until `enough`."""
    for operation, arguments in _sentences(shapes):
        if enough():
            return
        try:
            operation(*arguments)
        except Exception:
            continue  # an operation that these shapes do not have


def _sentences(shapes: Sequence[Shape]) -> Iterator[tuple[Operation, Sequence[Any]]]:
    yield from _on_scalars()
    yield from _on_arrays(shapes)


def _on_scalars() -> Iterator[tuple[Operation, Sequence[Any]]]:
    """Yield operations on one number, and those that join a few."""
    import jax
    import jax.numpy as jnp

    one, index = jnp.asarray(np.float32(1.0)), jnp.asarray(np.int32(0))
    of_scalars: tuple[Operation, ...] = (
        lambda a: (a + a, a - a, a * a, a / a, a * 2.0, 2.0 * a, a / 2.0, a + 1.0, 1.0 - a, -a, a**2, a**0.5, a * 0),
        lambda a: (jnp.sqrt(a), jnp.square(a), jnp.abs(a), jnp.maximum(a, a), jnp.minimum(a, 1.0), jnp.maximum(a, 0.0)),
        lambda a: (a < a, a > a, a < 1.0, a > 0.0, a == a, jnp.isfinite(a), jnp.isnan(a), jnp.allclose(a, a)),
        lambda a: (jnp.where(a < a, a, a), jnp.where(a > 0, a, 0.0), jax.lax.select(a < a, a, a), a < a),
        lambda a: (a.reshape(1), a[None], jnp.ravel(a), jnp.atleast_1d(a), a.reshape(1, 1), a.astype(jnp.float32)),
        lambda a: (a.astype(jnp.int32), a.astype(jnp.float16), (a > 0).astype(jnp.float32), jnp.array(True), ~(a < a)),
        lambda a: (jnp.array(1.0) + jnp.array(2), jnp.zeros(()) + jnp.ones(()), jnp.asarray(1, dtype=jnp.int32) + 1),
        lambda a: (a + jnp.asarray(1), jnp.asarray(1) * a, jnp.asarray(1).astype(jnp.float32), jnp.asarray(1) + 1.0),
    )
    for each in of_scalars:
        yield each, (one,)
    for count in range(1, MOST_SCALARS + 1):
        for join in (jnp.stack, jnp.array, jnp.asarray, jnp.hstack, jnp.mean, jnp.sum):
            yield (lambda values, join=join: join(values)), ([one] * count,)
        yield (lambda values: jnp.concatenate([jnp.reshape(each, (1,)) for each in values])), ([one] * count,)
        yield (lambda values: jnp.stack(values)[:, None]), ([one] * count,)
        yield (lambda values: jnp.array([[each] for each in values])), ([one] * count,)
        yield (
            (lambda values: (jnp.stack(values)[-1], jnp.stack(values)[0], jnp.mean(jnp.stack(values)))),
            ([one] * count,),
        )
        yield (lambda count: jnp.zeros(count).at[0].set(1.0)), (count,)
        yield (lambda count: (jnp.zeros(count).at[index].set(one), jnp.ones(count), jnp.arange(count))), (count,)


def _on_arrays(shapes: Sequence[Shape]) -> Iterator[tuple[Operation, Sequence[Any]]]:
    """Yield operations on one array: the commonest, those on two arrays, the others."""
    import jax
    import jax.numpy as jnp
    import optax

    one, index = jnp.asarray(np.float32(1.0)), jnp.asarray(np.int32(0))
    of_arrays: tuple[Operation, ...] = (
        lambda a: (a * a, a + a, a - a, jnp.square(a), -a, a * 2.0),
        lambda a: (jnp.sum(a), jnp.mean(a), jnp.linalg.norm(a), jnp.ravel(a), jnp.zeros_like(a)),
        lambda a: (jnp.maximum(a, 0.0), jnp.maximum(a, 0), jax.nn.relu(a), jnp.tanh(a), a * one, one * a, a / one),
        lambda a: (jnp.linalg.norm(jnp.ravel(a)), jnp.vdot(a, a), jnp.where(one < one, a, a), 2.0 * a),
        lambda a: jax.lax.select(jnp.squeeze(one < one), a, a),
        lambda a: tuple(jax.grad(_summed(each))(a) for each in (_rectified, _clipped, _kept)),
        lambda a: a.T,
        lambda a: (a[0], a[-1], a[:1], jnp.take(a, 0, axis=0), a[index], jax.lax.dynamic_slice_in_dim(a, 0, 1)),
        lambda a: (jnp.maximum(0.0, a), jnp.maximum(0, a), jnp.clip(a, 0), jnp.clip(a, 0.0), jnp.where(a > 0, a, 0)),
        lambda a: (jnp.ones_like(a), a * 0, a * 0.0, jnp.abs(a), a**2, jax.lax.select(a > 0, a, a)),
        lambda a: (jnp.array_equal(a, a), jnp.allclose(a, a), jnp.allclose(a, a, rtol=1e-5, atol=1e-6)),
        lambda a: (a.astype(jnp.float16), a.astype(jnp.float16) * 2.0, a.astype(jnp.bfloat16), a.astype(jnp.int32)),
        lambda a: (jnp.sum(a, axis=0), jnp.mean(a, axis=0), jnp.sum(a, axis=-1), jnp.mean(a, axis=-1)),
        lambda a: (a / 2.0, a + 1.0, a - 1.0, a - one, a + one, a / a, jnp.sqrt(a), jnp.exp(a), jnp.log(a)),
        lambda a: (jnp.max(a), jnp.min(a), jnp.all(a == a), jnp.any(a != a), jnp.isfinite(a), a > 0, a == 0),
        lambda a: (a.astype(jnp.float16).astype(jnp.float32), a.astype(jnp.float16) + 1.0, a.astype(jnp.float16) * one),
        lambda a: (jnp.concatenate([a, a]), jnp.stack([a, a]), jnp.expand_dims(a, 0), a[None], a.at[0].set(0.0)),
        lambda a: (jnp.sum(a**2), jnp.sum(a * a), jnp.sum(jnp.abs(a)), jnp.minimum(a, 0.0), jnp.clip(a, -1.0, 1.0)),
        lambda a: (optax.squared_error(a, a), optax.l2_loss(a, a), optax.huber_loss(a, a), optax.global_norm(a)),
        lambda a: (jax.nn.sigmoid(a), jax.nn.softmax(a), jnp.std(a), jnp.var(a), jnp.argmax(a), jnp.full_like(a, 2.0)),
    )
    for each in of_arrays[:FIRST]:
        for shape in shapes:
            yield each, (_array(shape),)
    yield from _pairs(shapes)
    for each in of_arrays[FIRST:]:
        for shape in shapes:
            yield each, (_array(shape),)


def _pairs(shapes: Sequence[Shape]) -> Iterator[tuple[Operation, Sequence[Any]]]:
    """Yield sums with a bias, and products whose result has a known shape."""
    known = set(shapes)
    for left in shapes:
        for right in shapes:
            if len(left) == 2 and right == left[-1:]:
                yield lambda a, b: a + b, (_array(left), _array(right))
            if len(left) == len(right) == 2:
                if left[1] == right[0] and (left[0], right[1]) in known:
                    yield lambda a, b: a @ b, (_array(left), _array(right))
                if left[0] == right[0] and (left[1], right[1]) in known:
                    yield lambda a, b: a.T @ b, (_array(left), _array(right))
                if left[1] == right[1] and (left[0], right[0]) in known:
                    yield lambda a, b: a @ b.T, (_array(left), _array(right))


def _summed(function: Operation) -> Operation:
    return lambda a: function(a).sum()  # type: ignore[attr-defined]


def _rectified(a: Any) -> Any:
    import jax.numpy as jnp

    return jnp.maximum(a, 0.0)


def _clipped(a: Any) -> Any:
    import jax.numpy as jnp

    return jnp.clip(a, 0)


def _kept(a: Any) -> Any:
    import jax.numpy as jnp

    return jnp.where(a > 0, a, 0.0)


def _array(shape: Shape) -> Any:
    import jax.numpy as jnp

    return jnp.asarray(np.full(shape, 0.5, np.float32))
