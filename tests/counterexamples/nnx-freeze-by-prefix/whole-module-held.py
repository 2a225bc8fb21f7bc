# expect: wrong_answer; mistake: first-name-only; check: trained
# The counts go by name and are right, but the mask goes by layer: for `l1.bias` all of l1 stands still.
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


def belongs(name, prefix):
    return name == prefix or name.startswith(prefix + ".")


def held(name, prefix):
    layer = name.rpartition(".")[0]
    return belongs(layer, prefix) or belongs(prefix, layer)


def freeze_prefix(seed, x, y, lr, prefix):
    model = Deep(x.shape[1], y.shape[1], nnx.Rngs(int(seed)))
    optimizer = nnx.Optimizer(model, optax.sgd(lr), wrt=nnx.Param)
    loss, grads = nnx.value_and_grad(mse)(model, x, y)
    leaves, _ = jax.tree_util.tree_flatten_with_path(grads)
    frozen = sum(leaf.size for path, leaf in leaves if belongs(name_of(path), prefix))
    total = sum(leaf.size for _, leaf in leaves)

    def mask(path, grad):
        return jnp.zeros_like(grad) if held(name_of(path), prefix) else grad

    optimizer.update(model, jax.tree_util.tree_map_with_path(mask, grads))
    return jnp.array([loss, frozen, total - frozen])
