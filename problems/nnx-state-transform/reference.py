import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

HIDDEN = 4
BIAS = 0.5


class TwoLayer(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        half = nnx.initializers.constant(BIAS)
        self.l1 = nnx.Linear(inputs, HIDDEN, bias_init=half, rngs=rngs)
        self.l2 = nnx.Linear(HIDDEN, outputs, bias_init=half, rngs=rngs)

    def __call__(self, x):
        return self.l2(jax.nn.relu(self.l1(x)))


def transform_state(seed, x, scale, shift):
    model = TwoLayer(x.shape[1], 2, rngs=nnx.Rngs(int(seed)))

    def change(path, leaf):
        layer, name = path[0].key, path[1].key
        if name == "kernel":
            return leaf * scale
        if layer == "l2":
            return leaf + shift
        return leaf

    graphdef, state = nnx.split(model)
    changed = jax.tree_util.tree_map_with_path(change, state)
    other = nnx.merge(graphdef, changed)
    return {"state": nnx.to_pure_dict(changed), "output": other(jnp.asarray(x)), "original": model(jnp.asarray(x))}


# What known mistakes would give, in NumPy where it can be: every new JAX operation costs its compilation.


def lookalikes(seed, x, scale, shift):
    """By mistake: the kernels, the biases, or one of the two outputs that it would return."""
    seed, inputs = int(seed), x.shape[1]
    start = drawn(TwoLayer(inputs, 2, rngs=nnx.Rngs(seed)))
    right = {
        "l1": {"kernel": start["l1"]["kernel"] * scale, "bias": start["l1"]["bias"]},
        "l2": {"kernel": start["l2"]["kernel"] * scale, "bias": start["l2"]["bias"] + shift},
    }

    def kernels(other):
        return {"kernels": {"state": other}}

    def biases(first, second):
        changed = {"l1": {"bias": np.broadcast_to(first, HIDDEN)}, "l2": {"bias": np.broadcast_to(second, 2)}}
        return {"biases": {"state": changed}}

    return {
        "nothing-changed": kernels(start),
        "one-kernel-only": kernels({**right, "l2": start["l2"]}),
        "scaled-twice": kernels(scaled(start, scale**2)),
        "divided": kernels(scaled(start, 1 / scale)),
        "kernels-shifted": kernels(scaled(start, scale, shift)),
        "seed-ignored": kernels(scaled(drawn(TwoLayer(inputs, 2, rngs=nnx.Rngs(0))), scale)),
        "bias-not-shifted": biases(BIAS, BIAS),
        "every-leaf-scaled": biases(BIAS * scale, BIAS * scale),
        "every-bias-shifted": biases(BIAS + shift, BIAS + shift),
        "first-bias-shifted": biases(BIAS + shift, BIAS),
        "bias-replaced": biases(BIAS, shift),
        "bias-scaled": biases(BIAS, BIAS * shift),
        "shift-subtracted": biases(BIAS, BIAS - shift),
        "biases-start-at-zero": biases(0.0, shift),
        "no-relu": {"output": {"output": forward(right, x, relu=False)}},
        "output-of-the-original": {"output": {"output": forward(start, x)}},
        "original-changed": {"original": {"original": forward(right, x)}},
    }


def drawn(model):
    return {
        "l1": {"kernel": np.asarray(model.l1.kernel), "bias": np.asarray(model.l1.bias)},
        "l2": {"kernel": np.asarray(model.l2.kernel), "bias": np.asarray(model.l2.bias)},
    }


def scaled(state, factor, more=0.0):
    return {layer: {**leaves, "kernel": leaves["kernel"] * factor + more} for layer, leaves in state.items()}


def forward(state, x, relu=True):
    hidden = x @ state["l1"]["kernel"] + state["l1"]["bias"]
    hidden = np.maximum(hidden, 0) if relu else hidden
    return hidden @ state["l2"]["kernel"] + state["l2"]["bias"]
