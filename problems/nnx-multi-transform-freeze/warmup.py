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


def unchanged(grads):
    return grads


def transformations(lr):
    """Masked, and routed in either order: a dict's order is that of the operations in a program."""
    trained = optax.sgd(lr, momentum=0.9)
    routes = {"second": trained, "first": optax.set_to_zero()}
    backwards = dict(reversed(routes.items()))
    return (
        (trained, masked),
        (optax.multi_transform(routes, layers), unchanged),
        (optax.multi_transform(backwards, layers), unchanged),
    )


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
    """Rounds of training of a model of these shapes with momentum, masked and routed, operation by operation."""
    x, y = jnp.asarray(x), jnp.asarray(y)
    for transformation, mask in transformations(lr)[:2]:
        model, optimizer = made(seed, x, y, transformation)
        losses = [step(model, optimizer, x, y, mask) for _ in range(steps)]
    return jnp.stack(losses), jnp.array([float(loss) for loss in losses])


def jitted(seed, x, y, lr, steps):
    """The same rounds, each step and all steps as one program."""
    x, y = jnp.asarray(x), jnp.asarray(y)
    for transformation, mask in transformations(lr):
        model, optimizer = made(seed, x, y, transformation)
        nnx.jit(step, static_argnums=4)(model, optimizer, x, y, mask)
        rolled(model, optimizer, x, y, steps, mask)
