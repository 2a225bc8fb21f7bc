import jax
import jax.numpy as jnp
import optax
from flax import nnx


class TwoLayer(nnx.Module):
    def __init__(self, din, dout, rngs):
        self.l1 = nnx.Linear(din, 4, rngs=rngs)
        self.l2 = nnx.Linear(4, dout, rngs=rngs)

    def __call__(self, x):
        return self.l2(jax.nn.relu(self.l1(x)))


def loss_fn(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def freeze_with_adam(seed, x, y, lr, steps):
    model = TwoLayer(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    head = nnx.All(nnx.Param, nnx.PathContains("l2"))
    optimizer = nnx.Optimizer(model, optax.adam(lr), wrt=head)
    before = float(jnp.linalg.norm(model.l1.kernel[...]))
    for _ in range(steps):
        loss, grads = nnx.value_and_grad(loss_fn, argnums=nnx.DiffState(0, head))(model, x, y)
        optimizer.update(model, grads)
    after = float(jnp.linalg.norm(model.l1.kernel[...]))
    return jnp.array([float(loss), after, before])
