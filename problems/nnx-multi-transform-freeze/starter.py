import jax
import jax.numpy as jnp
import optax
from flax import nnx


class TwoLayer(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        pass

    def __call__(self, x):
        pass


def labels(params):
    # a tree like params, with "frozen" or "trained" in each place
    pass


def freeze_with_routes(seed, x, y, lr, steps):
    # 1. the model, the routes, and one optimizer
    # 2. in each round: loss and gradients, then the step
    # 3. the row of losses
    pass
