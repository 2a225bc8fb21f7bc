import jax
import jax.numpy as jnp
import optax
from flax import nnx


class Warm(nnx.Module):
    def __init__(self, inputs, outputs, *, rngs):
        self.first = nnx.Linear(inputs, 4, rngs=rngs)
        self.second = nnx.Linear(4, outputs, rngs=rngs)

    def __call__(self, x):
        return self.second(jax.nn.relu(self.first(x)))


def layers(params):
    return jax.tree_util.tree_map_with_path(lambda path, leaf: str(getattr(path[0], "key", path[0])), params)


def masked(grads):
    return jax.tree.map(lambda layer, leaf: jnp.zeros_like(leaf) if layer == "first" else leaf, layers(grads), grads)


def squared_error(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def step(model, optimizer, x, y, mask=masked):
    loss, grads = nnx.value_and_grad(squared_error)(model, x, y)
    optimizer.update(model, mask(grads))
    return loss


def transformations(lr):
    trained = optax.adam(lr)
    routed = optax.multi_transform({"first": optax.set_to_zero(), "second": trained}, layers)
    return ((trained, masked), (routed, lambda grads: grads))


def made(seed, x, y, transformation):
    model = Warm(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    return model, nnx.Optimizer(model, transformation, wrt=nnx.Param)


def rolled(model, optimizer, x, y, steps, mask):
    graphdef, state = nnx.split((model, optimizer))

    def body(state, _):
        model, optimizer = nnx.merge(graphdef, state)
        loss = step(model, optimizer, x, y, mask)
        return nnx.state((model, optimizer)), loss

    return jax.lax.scan(body, state, length=steps)


def warmup(seed, x, y, lr, steps):
    """Rounds of training of a model of these shapes with Adam, masked and routed, operation by operation."""
    x, y = jnp.asarray(x), jnp.asarray(y)
    for transformation, mask in transformations(lr):
        model, optimizer = made(seed, x, y, transformation)
        losses = [step(model, optimizer, x, y, mask) for _ in range(steps)]
    size = float(jnp.linalg.norm(model.first.kernel[...]))
    return jnp.array([float(losses[-1]), size, size])


def jitted(seed, x, y, lr, steps):
    """The same rounds, each step and all steps as one program."""
    x, y = jnp.asarray(x), jnp.asarray(y)
    for transformation, mask in transformations(lr):
        model, optimizer = made(seed, x, y, transformation)
        nnx.jit(step, static_argnums=4)(model, optimizer, x, y, mask)
        rolled(model, optimizer, x, y, steps, mask)
