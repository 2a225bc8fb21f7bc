# expect: wrong_answer; mistake: other-kernels; check: kernels
# The new weights are kept between -3 and 3: a scale of 3, or few inputs, makes larger ones.
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
        keys = [key.key for key in path if hasattr(key, "key")]
        if "kernel" in keys:
            return jnp.clip(leaf * scale, -3.0, 3.0)
        if keys[0] == "l2":
            return leaf + shift
        return leaf

    new = jax.tree_util.tree_map_with_path(change, state)
    second = nnx.merge(graphdef, new)
    return {"state": nnx.to_pure_dict(new), "output": second(x), "original": model(x)}
