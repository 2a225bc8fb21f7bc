# expect: wrong_answer; mistake: kernel-leaks; check: frozen
# What begins with four rows is taken for l2's kernel: with four inputs l1's kernel does too, and it is trained.
import jax
import jax.numpy as jnp
import optax
from flax import nnx


class Net(nnx.Module):
    def __init__(self, din, dout, rngs):
        self.l1 = nnx.Linear(din, 4, rngs=rngs)
        self.l2 = nnx.Linear(4, dout, rngs=rngs)

    def __call__(self, x):
        h = nnx.relu(self.l1(x))
        return self.l2(h)


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def freeze_first_dense(seed, x, y, lr):
    model = Net(x.shape[1], y.shape[1], nnx.Rngs(int(seed)))
    opt = nnx.Optimizer(model, optax.sgd(lr), wrt=nnx.Param)
    before = jnp.linalg.norm(model.l1.kernel[...])
    loss, grads = nnx.value_and_grad(mse)(model, x, y)

    def freeze(grad):
        kernel_of_l2 = grad.ndim == 2 and grad.shape[0] == 4
        bias_of_l2 = grad.shape == y.shape[1:]
        return grad if kernel_of_l2 or bias_of_l2 else jnp.zeros_like(grad)

    opt.update(model, jax.tree.map(freeze, grads))
    after = jnp.linalg.norm(model.l1.kernel[...])
    return jnp.array([loss, after, before])
