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

    def change(path, leaf):
        keys = [getattr(key, "key", None) for key in path]
        if "kernel" in keys:
            return leaf * scale
        if "l2" in keys:
            return leaf + shift
        return leaf

    state = nnx.state(model, nnx.Param)
    new = jax.tree_util.tree_map_with_path(change, state)
    other = nnx.clone(model)
    nnx.update(other, new)
    return {"state": nnx.to_pure_dict(new), "output": other(x), "original": model(x)}
