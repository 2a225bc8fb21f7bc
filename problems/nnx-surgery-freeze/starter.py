import jax
import jax.numpy as jnp
import optax
from flax import nnx


class TwoLayer(nnx.Module):
    def __init__(self, inputs, hidden, outputs, *, rngs):
        pass

    def __call__(self, x):
        pass


def freeze_first_dense(seed, x, y, lr):
    # 1. the model, from nnx.Rngs(int(seed)), and its optimizer
    # 2. the norm of l1.kernel before the step
    # 3. loss and gradients in one go
    # 4. zero every gradient below l1
    # 5. one step, and the norm again
    pass
