"""Return one gradient, outside a tuple, from a backward rule."""

import jax
import jax.numpy as jnp


@jax.custom_vjp
def scale(x, w):
    return jnp.sum(x * w)


def forward(x, w):
    return scale(x, w), (x, w)


def backward(saved, g):
    x, w = saved
    return g * jnp.sum(x)


scale.defvjp(forward, backward)


def freeze_first_dense(seed, x, y, lr):
    return [float(jax.grad(scale, argnums=1)(x, lr)), 0.0, 0.0]
