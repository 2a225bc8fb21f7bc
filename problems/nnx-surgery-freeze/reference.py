import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

HIDDEN = 4


class TwoLayer(nnx.Module):
    def __init__(self, inputs, hidden, outputs, *, rngs):
        self.l1 = nnx.Linear(inputs, hidden, rngs=rngs)
        self.l2 = nnx.Linear(hidden, outputs, rngs=rngs)

    def __call__(self, x):
        return self.l2(jax.nn.relu(self.l1(x)))


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def zero_below_l1(path, leaf):
    return jnp.zeros_like(leaf) if path[0].key == "l1" else leaf


def freeze_first_dense(seed, x, y, lr):
    model = TwoLayer(x.shape[1], HIDDEN, y.shape[1], rngs=nnx.Rngs(int(seed)))
    optimizer = nnx.Optimizer(model, optax.sgd(lr), wrt=nnx.Param)
    before = float(jnp.linalg.norm(model.l1.kernel[...]))
    loss, grads = nnx.value_and_grad(mse)(model, x, y)
    optimizer.update(model, jax.tree_util.tree_map_with_path(zero_below_l1, grads))
    after = float(jnp.linalg.norm(model.l1.kernel[...]))
    return jnp.array([float(loss), after, before])


# What known mistakes would give, in NumPy where it can be: every new JAX operation costs its compilation.


def lookalikes(seed, x, y, lr):
    """By mistake: the loss and the norm that it would report, and the leaves of l2 that it would leave behind."""
    seed, inputs, outputs = int(seed), x.shape[1], y.shape[1]

    def drawn(seed, hidden=HIDDEN):
        return TwoLayer(inputs, hidden, outputs, rngs=nnx.Rngs(seed))

    model = drawn(seed)
    error = predict(model, x) - y
    gradient = gradient_of_l2(model, x, y)
    once = moved(model, gradient, lr)
    twice = moved(once, gradient_of_l2(once, x, y), lr)
    kernel = np.asarray(model.l1.kernel)

    def through(activation):
        return {"loss": mean_square(predict(model, x, activation) - y)}

    def report(other):
        return {"loss": mean_square(predict(other, x) - y), "norm": np.linalg.norm(other.l1.kernel)}

    return {
        "post-step-loss": {"loss": mean_square(predict(once, x) - y)},
        "summed-loss": {"loss": np.sum(error**2)},
        "summed-over-outputs": {"loss": np.mean(np.sum(error**2, axis=1))},
        "half-mse": {"loss": mean_square(error) / 2},
        "root-mean-square": {"loss": np.sqrt(mean_square(error))},
        "absolute-error": {"loss": np.mean(np.abs(error))},
        "no-relu": through(lambda h: h),
        "relu-on-output": {"loss": mean_square(relu(predict(model, x)) - y)},
        "other-activation": through(np.tanh),
        "gelu-for-relu": through(gelu),
        "separate-rngs": report(Layers(model.l1, nnx.Linear(HIDDEN, outputs, rngs=nnx.Rngs(seed)))),
        "seed-plus-one": report(drawn(seed + 1)),
        "seed-ignored": report(drawn(0)),
        "second-layer-drawn-first": report(drawn_backwards(seed, inputs, outputs)),
        "other-hidden-width": report(drawn(seed, hidden=8)),
        "norm-of-second-layer": {"norm": np.linalg.norm(model.l2.kernel)},
        "squared-norm": {"norm": np.sum(kernel**2)},
        "spectral-norm": {"norm": np.linalg.norm(kernel, ord=2)},
        "sum-of-absolute-values": {"norm": np.sum(np.abs(kernel))},
        "two-steps": {"leaves": leaves(twice)},
        "gradient-of-the-sum": {"leaves": leaves(moved(model, gradient, lr * y.size))},
        "adam-for-sgd": {"leaves": leaves(moved(model, adam_direction(gradient), lr))},
    }


def relu(h):
    return np.maximum(h, 0)


def gelu(h):
    return h / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (h + 0.044715 * h**3)))


def mean_square(error):
    return np.mean(error**2)


def predict(model, x, activation=relu):
    hidden = activation(x @ np.asarray(model.l1.kernel) + np.asarray(model.l1.bias))
    return hidden @ np.asarray(model.l2.kernel) + np.asarray(model.l2.bias)


def gradient_of_l2(model, x, y):
    hidden = relu(x @ np.asarray(model.l1.kernel) + np.asarray(model.l1.bias))
    slope = 2 * (predict(model, x) - y) / y.size
    return {"kernel": hidden.T @ slope, "bias": slope.sum(axis=0)}


def adam_direction(gradient):
    """The first step of Adam: both moments are one gradient old, and their corrections undo that."""
    return {name: g / (np.abs(g) + 1e-8) for name, g in gradient.items()}


def moved(model, direction, lr):
    """A model like `model`, its l2 moved by -lr * direction."""
    kernel = np.asarray(model.l2.kernel) - lr * direction["kernel"]
    bias = np.asarray(model.l2.bias) - lr * direction["bias"]
    return Layers(model.l1, Layer(kernel, bias))


def leaves(model):
    return {"l2.kernel": np.float32(model.l2.kernel), "l2.bias": np.float32(model.l2.bias)}


class Layer:
    def __init__(self, kernel, bias):
        self.kernel, self.bias = kernel, bias


class Layers:
    def __init__(self, l1, l2):
        self.l1, self.l2 = l1, l2


def drawn_backwards(seed, inputs, outputs):
    rngs = nnx.Rngs(seed)
    l2 = nnx.Linear(HIDDEN, outputs, rngs=rngs)
    return Layers(nnx.Linear(inputs, HIDDEN, rngs=rngs), l2)
