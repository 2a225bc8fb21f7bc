# expect: runtime_error
# The character after the prefix is looked at: after `l1.bias` there is none.
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
    return name.startswith(prefix) and name[len(prefix)] == "."


def freeze_prefix(seed, x, y, lr, prefix):
    model = Deep(x.shape[1], y.shape[1], nnx.Rngs(int(seed)))
    optimizer = nnx.Optimizer(model, optax.sgd(lr), wrt=nnx.Param)
    loss, grads = nnx.value_and_grad(mse)(model, x, y)
    sizes = {True: 0, False: 0}

    def mask(path, grad):
        frozen = belongs(name_of(path), prefix)
        sizes[frozen] += grad.size
        return jnp.zeros_like(grad) if frozen else grad

    optimizer.update(model, jax.tree_util.tree_map_with_path(mask, grads))
    return jnp.array([loss, sizes[True], sizes[False]])
