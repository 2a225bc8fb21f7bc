import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

HIDDEN = 4


class TwoLayer(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        self.l1 = nnx.Linear(inputs, HIDDEN, rngs=rngs)
        self.l2 = nnx.Linear(HIDDEN, outputs, rngs=rngs)

    def __call__(self, x):
        return self.l2(jax.nn.relu(self.l1(x)))


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def cut(path, leaf):
    return jnp.zeros_like(leaf) if path[0].key == "l1" else leaf


def freeze_with_adam(seed, x, y, lr, steps):
    model = TwoLayer(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    optimizer = nnx.Optimizer(model, optax.adam(lr), wrt=nnx.Param)
    before = float(jnp.linalg.norm(model.l1.kernel[...]))
    for _ in range(steps):
        loss, grads = nnx.value_and_grad(mse)(model, x, y)
        optimizer.update(model, jax.tree_util.tree_map_with_path(cut, grads))
    after = float(jnp.linalg.norm(model.l1.kernel[...]))
    return jnp.array([float(loss), after, before])


# What known mistakes would give, in NumPy: every new JAX operation costs its compilation.


class Backwards(TwoLayer):
    def __init__(self, inputs, outputs, *, rngs):
        self.l2 = nnx.Linear(HIDDEN, outputs, rngs=rngs)
        self.l1 = nnx.Linear(inputs, HIDDEN, rngs=rngs)


def lookalikes(seed, x, y, lr, steps):
    """By mistake: the loss and the norm that it would report, and the leaves that it would leave behind."""
    start = drawn(TwoLayer(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed))))
    losses, _ = train(start, x, y, lr, steps + 1)

    def run(start=start, count=steps, **options):
        reported, end = train(start, x, y, lr, count, **options)
        return {"loss": reported[-1], "leaves": end}

    def begun(model):
        return {**run(drawn(model)), "norm": np.linalg.norm(model.l1.kernel)}

    return {
        "post-step-loss": {"loss": losses[steps]},
        "first-loss": {"loss": losses[0]},
        "mean-of-losses": {"loss": np.mean(losses[:steps])},
        "summed-loss": {"loss": losses[steps - 1] * y.size},
        "half-mse": {"loss": losses[steps - 1] / 2},
        "nothing-frozen": run(frozen=()),
        "bias-leaks": run(frozen=("l1.kernel",)),
        "kernel-leaks": run(frozen=("l1.bias",)),
        "wrong-layer": run(frozen=("l2.kernel", "l2.bias")),
        "head-frozen": run(frozen=("l1.kernel", "l1.bias", "l2.bias")),
        "sgd-for-adam": run(sgd=True),
        "moments-forgotten": run(forget=True),
        "amsgrad": run(largest=True),
        "nesterov": run(nesterov=True),
        "weight-decay": run(decay=0.01),
        "other-betas": run(betas=(0.9, 0.99)),
        "no-relu": run(relu=False),
        "norm-of-second-layer": {"norm": np.linalg.norm(start["l2.kernel"])},
        "squared-norm": {"norm": np.sum(start["l1.kernel"] ** 2)},
        "seed-ignored": begun(TwoLayer(x.shape[1], y.shape[1], rngs=nnx.Rngs(0))),
        "second-layer-drawn-first": begun(Backwards(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))),
    }


def drawn(model):
    return {
        "l1.kernel": np.float64(model.l1.kernel),
        "l1.bias": np.float64(model.l1.bias),
        "l2.kernel": np.float64(model.l2.kernel),
        "l2.bias": np.float64(model.l2.bias),
    }


def train(start, x, y, lr, steps, *, frozen=("l1.kernel", "l1.bias"), relu=True, decay=0.0, sgd=False, **adam):
    """The loss of each step, and the leaves after the last: Adam, or plain descent, by hand."""
    leaves, losses = dict(start), []
    memory = {path: Adam(**adam) for path in start}
    for _ in range(steps):
        loss, slopes = backward(leaves, x, y, relu)
        losses.append(loss)
        for path, slope in slopes.items():
            if path not in frozen:
                direction = slope if sgd else memory[path].direction(slope)
                leaves[path] = leaves[path] - lr * (direction + decay * leaves[path])
    return np.array(losses), leaves


class Adam:
    """The memory of one leaf: the means of its gradients and of their squares."""

    def __init__(self, betas=(0.9, 0.999), forget=False, largest=False, nesterov=False):
        self.betas, self.forget, self.largest, self.nesterov = betas, forget, largest, nesterov
        self.mean = self.square = self.top = 0.0
        self.count = 0

    def direction(self, slope):
        if self.forget:
            self.mean, self.square, self.count = 0.0, 0.0, 0
        b1, b2 = self.betas
        self.count += 1
        self.mean = b1 * self.mean + (1 - b1) * slope
        self.square = b2 * self.square + (1 - b2) * slope**2
        mean = self.mean / (1 - b1**self.count)
        if self.nesterov:
            mean = b1 * self.mean / (1 - b1 ** (self.count + 1)) + (1 - b1) * slope / (1 - b1**self.count)
        square = self.square / (1 - b2**self.count)
        self.top = np.maximum(self.top, square)
        return mean / (np.sqrt(self.top if self.largest else square) + 1e-8)


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
