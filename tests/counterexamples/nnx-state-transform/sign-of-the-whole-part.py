# expect: wrong_answer; mistake: other-output; check: output
# The sign of `scale` is taken from its whole part, which is 0 for -0.25: the state is right, the output by hand is not.
import jax
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
    _, state = nnx.split(model)

    def change(path, leaf):
        if path[1].key == "kernel":
            return leaf * scale
        return leaf + shift if path[0].key == "l2" else leaf

    new = jax.tree_util.tree_map_with_path(change, state)
    size, sign = abs(scale), -1 if int(scale) < 0 else 1
    hidden = jax.nn.relu(sign * size * (x @ model.l1.kernel[...]) + model.l1.bias[...])
    output = scale * (hidden @ model.l2.kernel[...]) + model.l2.bias[...] + shift
    return {"state": nnx.to_pure_dict(new), "output": output, "original": model(x)}
