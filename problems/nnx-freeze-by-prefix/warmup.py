import jax
import jax.numpy as jnp
import optax
from flax import nnx


class Warm(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        self.first = nnx.Linear(inputs, 4, rngs=rngs)
        self.middle = nnx.Linear(4, 4, rngs=rngs)
        self.last = nnx.Linear(4, outputs, rngs=rngs)

    def __call__(self, x):
        h = jnp.tanh(self.first(x))
        return self.last(h + jnp.tanh(self.middle(h)))


def squared_error(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def warmup(seed, x, y, lr, prefix):
    """One step on a model with layers of these shapes, its gradients mapped by path."""
    x, y = jnp.asarray(x), jnp.asarray(y)
    model = Warm(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    optimizer = nnx.Optimizer(model, optax.sgd(lr), wrt=nnx.Param)
    loss, grads = nnx.value_and_grad(squared_error)(model, x, y)
    optimizer.update(model, jax.tree_util.tree_map_with_path(lambda path, leaf: leaf + jnp.zeros_like(leaf), grads))
    return jnp.array([float(loss), len(prefix), len(prefix)])
