# expect: wrong_answer; mistake: first-loss; check: trained
# Whatever ends in four numbers is taken for l1: with four outputs l2 does as well, and stands still.
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


def mask(grad):
    return jnp.zeros_like(grad) if grad.shape[-1] == 4 else grad


def freeze_with_adam(seed, x, y, lr, steps):
    model = TwoLayer(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    optimizer = nnx.Optimizer(model, optax.adam(lr), wrt=nnx.Param)
    before = jnp.linalg.norm(model.l1.kernel[...])
    for _ in range(steps):
        loss, grads = nnx.value_and_grad(mse)(model, x, y)
        optimizer.update(model, jax.tree.map(mask, grads))
    after = jnp.linalg.norm(model.l1.kernel[...])
    return jnp.array([loss, after, before])
