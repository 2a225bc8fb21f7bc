import jax
import jax.numpy as jnp
import optax
from flax import nnx


class Head(nnx.Module):
    def __init__(self, outputs, *, rngs):
        self.l1 = nnx.Linear(4, 4, rngs=rngs)
        self.l2 = nnx.Linear(4, outputs, rngs=rngs)

    def __call__(self, h):
        return self.l2(jnp.tanh(self.l1(h)))


class Deep(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        for number in range(1, 12):
            setattr(self, f"l{number}", nnx.Linear(inputs if number == 1 else 4, 4, rngs=rngs))
        self.head = Head(outputs, rngs=rngs)

    def __call__(self, x):
        h = jnp.tanh(self.l1(x))
        for number in range(2, 12):
            h = h + jnp.tanh(getattr(self, f"l{number}")(h))
        return self.head(h)


def loss_fn(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def freeze_prefix(seed, x, y, lr, prefix):
    model = Deep(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    optimizer = nnx.Optimizer(model, optax.sgd(lr), wrt=nnx.Param)
    loss, grads = nnx.value_and_grad(loss_fn)(model, x, y)
    frozen = trained = 0
    wanted = tuple(prefix.split("."))

    def mask(path, leaf):
        nonlocal frozen, trained
        name = tuple(key.key for key in path if hasattr(key, "key"))
        if name[: len(wanted)] == wanted:
            frozen += leaf.size
            return jnp.zeros_like(leaf)
        trained += leaf.size
        return leaf

    masked = jax.tree_util.tree_map_with_path(mask, grads)
    optimizer.update(model, masked)
    return jnp.array([float(loss), frozen, trained])
