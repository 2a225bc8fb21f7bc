# expect: wrong_answer; mistake: not-finite; check: shape
# The batch is split in four: with one row three parts are empty (NaN), with six they weigh unequally.
import jax
import jax.numpy as jnp
import numpy as np
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


def freeze_first_dense(seed, x, y, lr):
    model = Net(x.shape[1], y.shape[1], nnx.Rngs(int(seed)))
    opt = nnx.Optimizer(model, optax.sgd(lr), wrt=nnx.Param)
    before = jnp.linalg.norm(model.l1.kernel[...])

    losses, total = [], None
    for xs, ys in zip(np.array_split(x, 4), np.array_split(y, 4), strict=True):
        loss, grads = nnx.value_and_grad(mse)(model, xs, ys)
        losses.append(loss)
        total = grads if total is None else jax.tree.map(jnp.add, total, grads)

    def average(path, grad):
        return jnp.zeros_like(grad) if path[0].key == "l1" else grad / 4

    opt.update(model, jax.tree_util.tree_map_with_path(average, total))
    return jnp.array([sum(losses) / 4, jnp.linalg.norm(model.l1.kernel[...]), before])
