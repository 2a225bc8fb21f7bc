# expect: runtime_error
# `atleast_2d(squeeze(x))` brings one row back, but lays the column of one input down as a row.
import jax
import jax.numpy as jnp
from flax import nnx


class TwoLayer(nnx.Module):
    def __init__(self, inputs, rngs):
        half = nnx.initializers.constant(0.5)
        self.l1 = nnx.Linear(inputs, 4, bias_init=half, rngs=rngs)
        self.l2 = nnx.Linear(4, 2, bias_init=half, rngs=rngs)

    def __call__(self, x):
        return self.l2(jax.nn.relu(self.l1(x)))


def transform_state(seed, x, scale, shift):
    model = TwoLayer(x.shape[1], nnx.Rngs(int(seed)))
    x = jnp.atleast_2d(jnp.squeeze(x))
    graphdef, state = nnx.split(model)

    def change(path, leaf):
        if path[1].key == "kernel":
            return scale * leaf
        if path[0].key == "l2":
            return leaf + shift
        return leaf

    new = jax.tree_util.tree_map_with_path(change, state)
    second = nnx.merge(graphdef, new)
    return {"state": nnx.to_pure_dict(new), "output": second(x), "original": model(x)}
