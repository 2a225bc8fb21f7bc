# expect: wrong_answer; mistake: bias-leaks; check: frozen
# Labels by shape: with four outputs l1's bias has the shape of l2's, and is trained.
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


def freeze_with_routes(seed, x, y, lr, steps):
    model = TwoLayer(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    outputs = y.shape[1]

    def label(leaf):
        return "train" if leaf.shape in ((4, outputs), (outputs,)) else "freeze"

    tx = optax.multi_transform(
        {"train": optax.sgd(lr, momentum=0.9), "freeze": optax.set_to_zero()},
        lambda params: jax.tree.map(label, params),
    )
    optimizer = nnx.Optimizer(model, tx, wrt=nnx.Param)
    losses = []
    for _ in range(steps):
        loss, grads = nnx.value_and_grad(mse)(model, x, y)
        optimizer.update(model, grads)
        losses.append(loss)
    return jnp.stack(losses)
