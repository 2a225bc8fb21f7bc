# expect: runtime_error
# The batch is padded to sixteen rows for jit: with sixty-four rows the padding has a negative width.
import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx


class TwoLayer(nnx.Module):
    def __init__(self, inputs, outputs, rngs):
        self.l1 = nnx.Linear(inputs, 4, rngs=rngs)
        self.l2 = nnx.Linear(4, outputs, rngs=rngs)

    def __call__(self, x):
        return self.l2(jax.nn.relu(self.l1(x)))


MAX_ROWS = 16


def masked_mse(model, x, y, weights):
    error = (model(x) - y) ** 2
    return jnp.sum(error * weights) / (jnp.sum(weights) * y.shape[1])


def mask(path, grad):
    return jnp.zeros_like(grad) if path[0].key == "l1" else grad


def freeze_first_dense(seed, x, y, lr):
    model = TwoLayer(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    optimizer = nnx.Optimizer(model, optax.sgd(lr), wrt=nnx.Param)
    before = jnp.linalg.norm(model.l1.kernel[...])
    padding = ((0, MAX_ROWS - len(x)), (0, 0))
    weights = np.pad(np.ones((len(x), 1), np.float32), padding)
    loss, grads = nnx.value_and_grad(masked_mse)(model, np.pad(x, padding), np.pad(y, padding), weights)
    optimizer.update(model, jax.tree_util.tree_map_with_path(mask, grads))
    after = jnp.linalg.norm(model.l1.kernel[...])
    return jnp.array([loss, after, before])
