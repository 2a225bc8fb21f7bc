# expect: wrong_answer; mistake: other-losses; check: losses
# Only the first batch of sixteen rows is used.
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


def labels(params):
    return jax.tree_util.tree_map_with_path(lambda path, _: "off" if path[0].key == "l1" else "on", params)


def freeze_with_routes(seed, x, y, lr, steps):
    model = TwoLayer(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    batches = [(x[i : i + 16], y[i : i + 16]) for i in range(0, len(x), 16)]
    first_x, first_y = batches[0]
    tx = optax.multi_transform({"on": optax.sgd(lr, momentum=0.9), "off": optax.set_to_zero()}, labels)
    optimizer = nnx.Optimizer(model, tx, wrt=nnx.Param)
    losses = []
    for _ in range(steps):
        loss, grads = nnx.value_and_grad(mse)(model, first_x, first_y)
        optimizer.update(model, grads)
        losses.append(loss)
    return jnp.stack(losses)
