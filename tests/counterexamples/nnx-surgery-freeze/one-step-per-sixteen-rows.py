# expect: wrong_answer; mistake: two-steps; check: trained
# A loop over minibatches of sixteen rows: one step for up to sixteen rows, four for sixty-four.
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


BATCH = 16


def freeze_first_dense(seed, x, y, lr):
    model = TwoLayer(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    optimizer = nnx.Optimizer(model, optax.sgd(lr), wrt=nnx.Param)
    before = jnp.linalg.norm(model.l1.kernel[...])
    loss, _ = nnx.value_and_grad(mse)(model, x, y)
    for start in range(0, x.shape[0], BATCH):
        batch = x[start : start + BATCH], y[start : start + BATCH]
        grads = nnx.grad(mse)(model, *batch)
        optimizer.update(model, jax.tree_util.tree_map_with_path(mask, grads))
    after = jnp.linalg.norm(model.l1.kernel[...])
    return jnp.array([loss, after, before])
