import jax
from flax import nnx


class TwoLayer(nnx.Module):
    def __init__(self, din, dout, rngs):
        self.l1 = nnx.Linear(din, 4, bias_init=nnx.initializers.constant(0.5), rngs=rngs)
        self.l2 = nnx.Linear(4, dout, bias_init=nnx.initializers.constant(0.5), rngs=rngs)

    def __call__(self, x):
        return self.l2(jax.nn.relu(self.l1(x)))


def transform_state(seed, x, scale, shift):
    model = TwoLayer(x.shape[1], 2, rngs=nnx.Rngs(int(seed)))

    def by_path(keys, leaf):
        if "kernel" in keys:
            return leaf * scale
        if "l2" in keys:
            return leaf + shift
        return leaf

    graphdef, state = nnx.split(model)
    new = nnx.from_flat_state(
        [(path, variable.replace(by_path(path, variable[...]))) for path, variable in nnx.to_flat_state(state)]
    )
    other = nnx.merge(graphdef, new)
    return {"state": nnx.to_pure_dict(new), "output": other(x), "original": model(x)}
