import jax
import jax.numpy as jnp
import optax
from flax import nnx


class Head(nnx.Module):
    def __init__(self, outputs, *, rngs):
        self.l1 = nnx.Linear(4, 4, rngs=rngs)
        self.l2 = nnx.Linear(4, outputs, rngs=rngs)

    def __call__(self, h):
        return self.l2(jnp.tanh(self.l1(h)))


class Deep(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        for number in range(1, 12):
            setattr(self, f"l{number}", nnx.Linear(inputs if number == 1 else 4, 4, rngs=rngs))
        self.head = Head(outputs, rngs=rngs)

    def __call__(self, x):
        h = jnp.tanh(self.l1(x))
        for number in range(2, 12):
            h = h + jnp.tanh(getattr(self, f"l{number}")(h))
        return self.head(h)


def freeze_prefix(seed, x, y, lr, prefix):
    # 1. the model and its optimizer
    # 2. loss and gradients
    # 3. no gradient for what lies under the prefix; count as you go
    # 4. one step
    pass
