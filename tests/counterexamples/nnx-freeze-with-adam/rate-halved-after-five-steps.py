# expect: wrong_answer; mistake: other-training; check: trained
# A schedule halves lr after five steps: the sixth is too short, and its loss is already taken.
import jax
import jax.numpy as jnp
import optax
from flax import nnx


class TwoLayer(nnx.Module):
    def __init__(self, inputs, outputs, rngs):
        self.l1 = nnx.Linear(inputs, 4, rngs=rngs)
        self.l2 = nnx.Linear(4, outputs, rngs=rngs)

    def __call__(self, x):
        return self.l2(jax.nn.relu(self.l1(x)))


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def mask(path, grad):
    return jnp.zeros_like(grad) if path[0].key == "l1" else grad


def freeze_with_adam(seed, x, y, lr, steps):
    model = TwoLayer(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    schedule = optax.exponential_decay(lr, transition_steps=5, decay_rate=0.5, staircase=True)
    optimizer = nnx.Optimizer(model, optax.adam(schedule), wrt=nnx.Param)
    before = jnp.linalg.norm(model.l1.kernel[...])
    for _ in range(steps):
        loss, grads = nnx.value_and_grad(mse)(model, x, y)
        optimizer.update(model, jax.tree_util.tree_map_with_path(mask, grads))
    after = jnp.linalg.norm(model.l1.kernel[...])
    return jnp.array([loss, after, before])
