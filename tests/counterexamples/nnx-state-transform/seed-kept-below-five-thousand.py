# expect: wrong_answer; mistake: other-kernels; check: kernels
# The seed is taken modulo 5000: half of all seeds give another model.
import jax
from flax import nnx


class TwoLayer(nnx.Module):
    def __init__(self, inputs, rngs):
        half = nnx.initializers.constant(0.5)
        self.l1 = nnx.Linear(inputs, 4, bias_init=half, rngs=rngs)
        self.l2 = nnx.Linear(4, 2, bias_init=half, rngs=rngs)

    def __call__(self, x):
        return self.l2(jax.nn.relu(self.l1(x)))


SEEDS = 5000


def transform_state(seed, x, scale, shift):
    model = TwoLayer(x.shape[1], nnx.Rngs(int(seed) % SEEDS))
    graphdef, state = nnx.split(model)

    def change(path, leaf):
        if path[1].key == "kernel":
            return scale * leaf
        return leaf + shift if path[0].key == "l2" else leaf

    new = jax.tree_util.tree_map_with_path(change, state)
    second = nnx.merge(graphdef, new)
    return {"state": nnx.to_pure_dict(new), "output": second(x), "original": model(x)}
