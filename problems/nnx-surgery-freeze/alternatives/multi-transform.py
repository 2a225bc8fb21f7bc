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


def freeze_first_dense(seed, x, y, lr):
    model = TwoLayer(x.shape[1], 4, y.shape[1], rngs=nnx.Rngs(int(seed)))

    def label(path, leaf):
        return "frozen" if path[0].key == "l1" else "trained"

    transformation = optax.multi_transform(
        {"trained": optax.sgd(lr), "frozen": optax.set_to_zero()},
        lambda params: jax.tree_util.tree_map_with_path(label, params),
    )
    optimizer = nnx.Optimizer(model, transformation, wrt=nnx.Param)
    before = float(jnp.linalg.norm(model.l1.kernel[...]))
    loss, grads = nnx.value_and_grad(loss_fn)(model, x, y)
    optimizer.update(model, grads)
    after = float(jnp.linalg.norm(model.l1.kernel[...]))
    return jnp.array([float(loss), after, before])
