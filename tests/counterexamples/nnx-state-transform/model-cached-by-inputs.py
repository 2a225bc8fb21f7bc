# expect: wrong_answer; mistake: other-kernels; check: kernels
# The model is cached by the number of inputs: the second case of a shape gets the first one's seed.
import jax
from flax import nnx


class TwoLayer(nnx.Module):
    def __init__(self, inputs, rngs):
        half = nnx.initializers.constant(0.5)
        self.l1 = nnx.Linear(inputs, 4, bias_init=half, rngs=rngs)
        self.l2 = nnx.Linear(4, 2, bias_init=half, rngs=rngs)

    def __call__(self, x):
        return self.l2(jax.nn.relu(self.l1(x)))


MODELS = {}


def model_for(inputs, seed):
    if inputs not in MODELS:
        MODELS[inputs] = TwoLayer(inputs, nnx.Rngs(int(seed)))
    return MODELS[inputs]


def transform_state(seed, x, scale, shift):
    model = model_for(x.shape[1], seed)
    graphdef, state = nnx.split(model)

    def change(path, leaf):
        if path[1].key == "kernel":
            return leaf * scale
        return leaf + shift if path[0].key == "l2" else leaf

    new = jax.tree_util.tree_map_with_path(change, state)
    second = nnx.merge(graphdef, new)
    return {"state": nnx.to_pure_dict(new), "output": second(x), "original": model(x)}
