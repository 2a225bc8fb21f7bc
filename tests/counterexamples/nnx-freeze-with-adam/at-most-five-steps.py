# expect: wrong_answer; mistake: too-few-steps; check: steps
# The loop ends after five steps at the latest.
import jax
import jax.numpy as jnp
import optax
from flax import nnx


class Net(nnx.Module):
    def __init__(self, din, dout, rngs):
        self.l1 = nnx.Linear(din, 4, rngs=rngs)
        self.l2 = nnx.Linear(4, dout, rngs=rngs)

    def __call__(self, x):
        h = nnx.relu(self.l1(x))
        return self.l2(h)


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def mask(path, grad):
    return jnp.zeros_like(grad) if path[0].key == "l1" else grad


def freeze_with_adam(seed, x, y, lr, steps):
    model = Net(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    optimizer = nnx.Optimizer(model, optax.adam(lr), wrt=nnx.Param)
    max_steps = 5
    before = jnp.linalg.norm(model.l1.kernel[...])
    for step in range(steps):
        if step == max_steps:
            break
        loss, grads = nnx.value_and_grad(mse)(model, x, y)
        optimizer.update(model, jax.tree_util.tree_map_with_path(mask, grads))
    after = jnp.linalg.norm(model.l1.kernel[...])
    return jnp.array([loss, after, before])
