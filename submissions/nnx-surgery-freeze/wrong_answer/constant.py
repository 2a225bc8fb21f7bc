# expect: wrong_answer; mistake: no-optimizer
import jax
import jax.numpy as jnp
import optax
from flax import nnx


class TwoLayer(nnx.Module):
    def __init__(self, din, hidden, dout, rngs):
        self.l1 = nnx.Linear(din, hidden, rngs=rngs)
        self.l2 = nnx.Linear(hidden, dout, rngs=rngs)

    def __call__(self, x):
        return self.l2(jax.nn.relu(self.l1(x)))


def loss_fn(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def zero_first_layer(path, leaf):
    name = ".".join(str(getattr(p, "key", p)) for p in path)
    return jnp.zeros_like(leaf) if name.startswith("l1.") else leaf


def freeze_first_dense(seed, x, y, lr):
    return jnp.array([1.0, 1.0, 1.0])
