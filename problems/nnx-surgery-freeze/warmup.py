import jax
import jax.numpy as jnp
import optax
from flax import nnx


class Warm(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        self.first = nnx.Linear(inputs, 4, rngs=rngs)
        self.second = nnx.Linear(4, outputs, rngs=rngs)

    def __call__(self, x):
        return self.second(jax.nn.relu(self.first(x)))


def squared_error(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def cut(grads, keep):
    return jax.tree_util.tree_map_with_path(lambda path, leaf: leaf if keep(path) else jnp.zeros_like(leaf), grads)


@nnx.jit
def jitted_step(model, optimizer, x, y):
    loss, grads = nnx.value_and_grad(squared_error)(model, x, y)
    optimizer.update(model, cut(grads, lambda path: True))
    return loss


def route(params):
    return jax.tree_util.tree_map_with_path(lambda path, leaf: "all", params)


def warmup(seed, x, y, lr):
    """The operations of a training step on a model of these shapes: eager, jitted and through optax's routes."""
    x, y = jnp.asarray(x), jnp.asarray(y)
    routed = optax.multi_transform({"all": optax.sgd(lr), "none": optax.set_to_zero()}, route)
    for transformation, losses in ((optax.sgd(lr), squared_error), (routed, optax_error)):
        model = Warm(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
        optimizer = nnx.Optimizer(model, transformation, wrt=nnx.Param)
        size = float(jnp.linalg.norm(model.first.kernel[...]))
        loss, grads = nnx.value_and_grad(losses)(model, x, y)
        optimizer.update(model, cut(grads, lambda path: True))
        optimizer.update(model, jax.tree.map(jnp.zeros_like, grads))
    last = jitted_step(model, optimizer, x, y)
    stacked = jnp.stack([loss, jnp.linalg.norm(model.first.kernel[...]), last])
    return jnp.array([float(loss), size, float(last)]) + stacked


def optax_error(model, x, y):
    return optax.squared_error(model(x), y).mean()
