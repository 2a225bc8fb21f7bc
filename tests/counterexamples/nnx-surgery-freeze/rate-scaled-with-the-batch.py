# expect: wrong_answer; mistake: other-learning-rate; check: trained
# The linear scaling rule: from 32 rows on, lr grows with the batch; the loss and the norms are right.
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


def freeze_first_dense(seed, x, y, lr):
    model = Net(x.shape[1], y.shape[1], nnx.Rngs(int(seed)))
    scaled_lr = lr * max(1, len(x) // 32)
    opt = nnx.Optimizer(model, optax.sgd(scaled_lr), wrt=nnx.Param)
    before = jnp.linalg.norm(model.l1.kernel[...])
    loss, grads = nnx.value_and_grad(mse)(model, x, y)
    opt.update(model, jax.tree_util.tree_map_with_path(mask, grads))
    after = jnp.linalg.norm(model.l1.kernel[...])
    return [float(loss), float(after), float(before)]
