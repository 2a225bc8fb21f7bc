# expect: wrong_answer; mistake: wrong-shape; check: structure
# The arrays of the state are squeezed: with one input l1's kernel loses its first axis.
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
    graphdef, state = nnx.split(model)

    def change(path, leaf):
        layer, name = path[0].key, path[1].key
        if name == "kernel":
            return leaf * scale
        return leaf + shift if layer == "l2" else leaf

    new = jax.tree_util.tree_map_with_path(change, state)
    plain = jax.tree.map(jnp.squeeze, nnx.to_pure_dict(new))
    return {"state": plain, "output": nnx.merge(graphdef, new)(x), "original": model(x)}
