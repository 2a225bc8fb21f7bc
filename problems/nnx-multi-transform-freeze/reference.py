import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

HIDDEN = 4
MOMENTUM = 0.9


class TwoLayer(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        self.l1 = nnx.Linear(inputs, HIDDEN, rngs=rngs)
        self.l2 = nnx.Linear(HIDDEN, outputs, rngs=rngs)

    def __call__(self, x):
        return self.l2(jax.nn.relu(self.l1(x)))


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def label(path, leaf):
    return "frozen" if path[0].key == "l1" else "trained"


def labels(params):
    return jax.tree_util.tree_map_with_path(label, params)


def freeze_with_routes(seed, x, y, lr, steps):
    model = TwoLayer(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    routes = optax.multi_transform({"trained": optax.sgd(lr, momentum=MOMENTUM), "frozen": optax.set_to_zero()}, labels)
    optimizer = nnx.Optimizer(model, routes, wrt=nnx.Param)
    losses = []
    for _ in range(steps):
        loss, grads = nnx.value_and_grad(mse)(model, x, y)
        optimizer.update(model, grads)
        losses.append(loss)
    return jnp.stack(losses)


# What known mistakes would give, in NumPy: every new JAX operation costs its compilation.


class Backwards(TwoLayer):
    def __init__(self, inputs, outputs, *, rngs):
        self.l2 = nnx.Linear(HIDDEN, outputs, rngs=rngs)
        self.l1 = nnx.Linear(inputs, HIDDEN, rngs=rngs)


def lookalikes(seed, x, y, lr, steps):
    """By mistake: the losses that it would report, and the leaves that it would leave behind."""
    start = drawn(TwoLayer(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed))))
    right, _ = train(start, x, y, lr, steps + 1)

    def run(start=start, lr=lr, count=steps, **options):
        losses, end = train(start, x, y, lr, count, **options)
        return {"losses": losses[:steps], "leaves": end}

    return {
        "no-step": {"losses": np.repeat(right[:1], steps)},
        "loss-after-each-step": {"losses": right[1:]},
        "loss-times-steps": {"losses": np.cumsum(right[:steps])},
        "summed-loss": {"losses": run(lr=lr * y.size)["losses"] * y.size},
        "half-mse": {"losses": run(lr=lr / 2)["losses"] / 2},
        "no-momentum": run(momentum=0.0),
        "nesterov": run(nesterov=True),
        "nothing-frozen": run(frozen=()),
        "bias-leaks": run(frozen=("l1.kernel",)),
        "kernel-leaks": run(frozen=("l1.bias",)),
        "wrong-layer": run(frozen=("l2.kernel", "l2.bias")),
        "head-frozen": run(frozen=("l1.kernel", "l1.bias", "l2.bias")),
        "no-relu": run(relu=False),
        "seed-ignored": run(drawn(TwoLayer(x.shape[1], y.shape[1], rngs=nnx.Rngs(0)))),
        "second-layer-drawn-first": run(drawn(Backwards(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed))))),
        "one-step-too-few": {"leaves": run(count=steps - 1)["leaves"]},
    }


def drawn(model):
    return {
        "l1.kernel": np.float64(model.l1.kernel),
        "l1.bias": np.float64(model.l1.bias),
        "l2.kernel": np.float64(model.l2.kernel),
        "l2.bias": np.float64(model.l2.bias),
    }


def train(start, x, y, lr, steps, momentum=MOMENTUM, nesterov=False, frozen=("l1.kernel", "l1.bias"), relu=True):
    """The loss of each step, and the leaves after the last: gradient descent with momentum, by hand."""
    leaves, memory, losses = dict(start), dict.fromkeys(start, 0.0), []
    for _ in range(steps):
        loss, slopes = backward(leaves, x, y, relu)
        losses.append(loss)
        for path, slope in slopes.items():
            if path not in frozen:
                memory[path] = slope + momentum * memory[path]
                direction = slope + momentum * memory[path] if nesterov else memory[path]
                leaves[path] = leaves[path] - lr * direction
    return np.array(losses), leaves


def backward(leaves, x, y, relu):
    """The mean squared error and its gradients."""
    before = x @ leaves["l1.kernel"] + leaves["l1.bias"]
    on = before > 0 if relu else np.ones_like(before)
    hidden = before * on
    error = hidden @ leaves["l2.kernel"] + leaves["l2.bias"] - y
    slope = 2 * error / y.size
    below = slope @ leaves["l2.kernel"].T * on
    slopes = {"l2.kernel": hidden.T @ slope, "l2.bias": slope.sum(axis=0)}
    return np.mean(error**2), {"l1.kernel": x.T @ below, "l1.bias": below.sum(axis=0), **slopes}
