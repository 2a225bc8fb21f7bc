import jax
import jax.numpy as jnp
from flax import nnx


class TwoLayer(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        pass

    def __call__(self, x):
        pass


def transform_state(seed, x, scale, shift):
    # 1. the model, its biases starting at 0.5
    # 2. structure and state
    # 3. a new state, by path
    # 4. a second model from it
    # 5. what both of them answer to x
    pass
