import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

HIDDEN = 4
LAYERS = 11


class Head(nnx.Module):
    def __init__(self, outputs, *, rngs):
        self.l1 = nnx.Linear(HIDDEN, HIDDEN, rngs=rngs)
        self.l2 = nnx.Linear(HIDDEN, outputs, rngs=rngs)

    def __call__(self, h):
        return self.l2(jnp.tanh(self.l1(h)))


class Deep(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        for number in range(1, LAYERS + 1):
            setattr(self, f"l{number}", nnx.Linear(inputs if number == 1 else HIDDEN, HIDDEN, rngs=rngs))
        self.head = Head(outputs, rngs=rngs)

    def __call__(self, x):
        h = jnp.tanh(self.l1(x))
        for number in range(2, LAYERS + 1):
            h = h + jnp.tanh(getattr(self, f"l{number}")(h))
        return self.head(h)


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def name_of(path):
    return ".".join(key.key for key in path if hasattr(key, "key"))


def belongs(name, prefix):
    return name == prefix or name.startswith(prefix + ".")


def freeze_prefix(seed, x, y, lr, prefix):
    model = Deep(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    optimizer = nnx.Optimizer(model, optax.sgd(lr), wrt=nnx.Param)
    loss, grads = nnx.value_and_grad(mse)(model, x, y)
    numbers = {True: 0, False: 0}

    def cut(path, leaf):
        still = belongs(name_of(path), prefix)
        numbers[still] += leaf.size
        return jnp.zeros_like(leaf) if still else leaf

    optimizer.update(model, jax.tree_util.tree_map_with_path(cut, grads))
    return jnp.array([float(loss), numbers[True], numbers[False]])


# What known mistakes would give, in NumPy where it can be: every new JAX operation costs its compilation.


def lookalikes(seed, x, y, lr, prefix):
    """By mistake: the loss and the two counts that it would report, and the leaves that it would leave behind."""
    seed = int(seed)
    model = Deep(x.shape[1], y.shape[1], rngs=nnx.Rngs(seed))
    start, slopes = flat(nnx.state(model, nnx.Param)), flat(nnx.grad(mse)(model, x, y))
    error = forward(start, x) - y
    layer = prefix.rsplit(".", 1)[-1]

    def loss(leaves, **options):
        return np.mean((forward(leaves, x, **options) - y) ** 2)

    def step(still=lambda name: belongs(name, prefix), times=1.0):
        return {
            name: leaf if still(name) else np.float32(leaf - times * lr * slopes[name]) for name, leaf in start.items()
        }

    def counts(still):
        frozen = sum(leaf.size for name, leaf in start.items() if still(name))
        return np.array([frozen, sum(leaf.size for leaf in start.values()) - frozen])

    def mask(still):
        return {"counts": counts(still), "leaves": step(still)}

    right = counts(lambda name: belongs(name, prefix))
    found = sum(belongs(name, prefix) for name in start)
    return {
        "post-step-loss": {"loss": loss(step())},
        "summed-loss": {"loss": np.sum(error**2)},
        "half-mse": {"loss": np.mean(error**2) / 2},
        "no-residual": {"loss": loss(start, residual=False)},
        "seed-ignored": {
            "loss": loss(flat(nnx.state(Deep(x.shape[1], y.shape[1], rngs=nnx.Rngs(0)), nnx.Param))),
        },
        "prefix-without-dot": mask(lambda name: name.startswith(prefix)),
        "prefix-anywhere": mask(lambda name: prefix in name),
        "any-part": mask(lambda name: layer in name.split(".")),
        "first-name-only": mask(lambda name: name.split(".")[0] == prefix.split(".")[0]),
        "whole-name-only": mask(lambda name: name == prefix),
        "layer-name-only": mask(lambda name: name.rsplit(".", 1)[0] == prefix),
        "kernels-only": mask(lambda name: belongs(name, prefix) and name.endswith("kernel")),
        "biases-only": mask(lambda name: belongs(name, prefix) and name.endswith("bias")),
        "everything-frozen": mask(lambda name: True),
        "all-but-the-prefix": {"leaves": step(lambda name: not belongs(name, prefix))},
        "counts-swapped": {"counts": right[::-1]},
        "leaves-counted": {"counts": np.array([found, len(start) - found])},
        "total-for-trained": {"counts": np.array([right[0], right.sum()])},
        "other-learning-rate": {"leaves": step(times=2.0)},
    }


def flat(state):
    leaves, _ = jax.tree_util.tree_flatten_with_path(state)
    return {name_of(path): np.asarray(leaf) for path, leaf in leaves}


def forward(leaves, x, residual=True):
    def linear(name, h):
        return h @ leaves[f"{name}.kernel"] + leaves[f"{name}.bias"]

    h = np.tanh(linear("l1", x))
    for number in range(2, LAYERS + 1):
        h = h * residual + np.tanh(linear(f"l{number}", h))
    return linear("head.l2", np.tanh(linear("head.l1", h)))
