# expect: runtime_error
# The prefix is followed from attribute to attribute to a layer: `head` has no kernel of its own.
import operator

import jax
import jax.numpy as jnp
import optax
from flax import nnx


class Head(nnx.Module):
    def __init__(self, outputs, rngs):
        self.l1 = nnx.Linear(4, 4, rngs=rngs)
        self.l2 = nnx.Linear(4, outputs, rngs=rngs)

    def __call__(self, h):
        return self.l2(jnp.tanh(self.l1(h)))


class Deep(nnx.Module):
    def __init__(self, inputs, outputs, rngs):
        for i in range(1, 12):
            setattr(self, f"l{i}", nnx.Linear(inputs if i == 1 else 4, 4, rngs=rngs))
        self.head = Head(outputs, rngs)

    def __call__(self, x):
        h = jnp.tanh(self.l1(x))
        for i in range(2, 12):
            h = h + jnp.tanh(getattr(self, f"l{i}")(h))
        return self.head(h)


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def name_of(path):
    return ".".join(key.key for key in path if hasattr(key, "key"))


def freeze_prefix(seed, x, y, lr, prefix):
    model = Deep(x.shape[1], y.shape[1], nnx.Rngs(int(seed)))
    optimizer = nnx.Optimizer(model, optax.sgd(lr), wrt=nnx.Param)
    layer = operator.attrgetter(prefix)(model)
    frozen = layer.kernel.size + layer.bias.size
    total = sum(leaf.size for leaf in jax.tree.leaves(nnx.state(model, nnx.Param)))
    loss, grads = nnx.value_and_grad(mse)(model, x, y)

    def mask(path, grad):
        return jnp.zeros_like(grad) if name_of(path).startswith(prefix + ".") else grad

    optimizer.update(model, jax.tree_util.tree_map_with_path(mask, grads))
    return jnp.array([loss, frozen, total - frozen])
