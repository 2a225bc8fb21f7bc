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


@nnx.jit
def jitted_step(model, optimizer, x, y):
    loss, grads = nnx.value_and_grad(squared_error)(model, x, y)
    optimizer.update(model, grads)
    return loss


def warmup(seed, x, y, lr, steps):
    """Rounds of training of a model of these shapes with Adam, routed and not, eager and jitted."""
    x, y = jnp.asarray(x), jnp.asarray(y)
    routed = optax.multi_transform(
        {"all": optax.adam(lr), "none": optax.set_to_zero()},
        lambda params: jax.tree_util.tree_map_with_path(lambda path, leaf: "all", params),
    )
    losses = []
    for transformation in (optax.adam(lr), routed):
        model = Warm(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
        optimizer = nnx.Optimizer(model, transformation, wrt=nnx.Param)
        for _ in range(steps):
            loss, grads = nnx.value_and_grad(squared_error)(model, x, y)
            optimizer.update(model, jax.tree.map(lambda leaf: leaf + jnp.zeros_like(leaf), grads))
            losses.append(loss)
        jitted_step(model, optimizer, x, y)
    size = float(jnp.linalg.norm(model.first.kernel[...]))
    return jnp.array([float(losses[-1]), size, size])
