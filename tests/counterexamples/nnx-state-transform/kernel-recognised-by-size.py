# expect: wrong_answer; mistake: other-kernels; check: kernels
# What holds more than four numbers is taken for a kernel: with one input l1's kernel holds four, and is not scaled.
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
    graphdef, state = nnx.split(model)

    def change(leaf):
        if leaf.size > 4:
            return leaf * scale
        if leaf.size == 2:
            return leaf + shift
        return leaf

    new = jax.tree.map(change, state)
    second = nnx.merge(graphdef, new)
    return {"state": nnx.to_pure_dict(new), "output": second(x), "original": model(x)}
