# expect: wrong_answer; mistake: other-start; check: trained
# Everything is cast to float16 and back: above 2048 not every whole number has one, so the seed is rounded.
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


def freeze_first_dense(seed, x, y, lr):
    seed = jnp.asarray(seed, dtype=jnp.float16)
    model = TwoLayer(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    optimizer = nnx.Optimizer(model, optax.sgd(lr), wrt=nnx.Param)
    before = jnp.linalg.norm(model.l1.kernel[...])
    loss, grads = nnx.value_and_grad(mse)(model, x, y)
    optimizer.update(model, jax.tree_util.tree_map_with_path(mask, grads))
    after = jnp.linalg.norm(model.l1.kernel[...])
    return jnp.array([loss, after, before])
