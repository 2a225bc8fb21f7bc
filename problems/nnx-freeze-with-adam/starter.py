import jax
import jax.numpy as jnp
import optax
from flax import nnx


class TwoLayer(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        pass

    def __call__(self, x):
        pass


def freeze_with_adam(seed, x, y, lr, steps):
    # 1. the model and one optimizer
    # 2. in each round: loss and gradients, no gradient for l1, the step
    # 3. the last loss, and the norm of l1.kernel after and before
    pass
