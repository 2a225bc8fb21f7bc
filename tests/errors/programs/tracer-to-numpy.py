"""Take the mean of a traced array with NumPy."""

import jax
import numpy as np
from flax import nnx


class TwoLayer(nnx.Module):
    def __init__(self, inputs, hidden, outputs, *, rngs):
        self.l1 = nnx.Linear(inputs, hidden, rngs=rngs)
        self.l2 = nnx.Linear(hidden, outputs, rngs=rngs)

    def __call__(self, x):
        return self.l2(jax.nn.relu(self.l1(x)))


def freeze_first_dense(seed, x, y, lr):
    model = TwoLayer(x.shape[1], 4, y.shape[1], rngs=nnx.Rngs(int(seed)))
    loss, grads = nnx.value_and_grad(lambda model: np.mean(np.asarray(model(x) - y) ** 2))(model)
    return [float(loss), 0.0, 0.0]
