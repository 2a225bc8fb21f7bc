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


def mean_of_squares(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def squared_error(model, x, y):
    return optax.squared_error(model(x), y).mean()


def squares_of_distance(model, x, y):
    return jnp.mean(jnp.square(y - model(x)))


def sum_of_squares(model, x, y):
    return jnp.sum((model(x) - y) ** 2) / x.shape[0]


def half_of_squares(model, x, y):
    return jnp.mean(jnp.sum(0.5 * (model(x) - y) ** 2, axis=-1)) + 0.5 * jnp.mean((model(x) - y) ** 2)


def absolute(model, x, y):
    return jnp.mean(jnp.abs(model(x) - y)) + jnp.abs(model(x) - y).mean()


def root(model, x, y):
    return jnp.sqrt(jnp.mean((model(x) - y) ** 2))


def rows_of_squares(model, x, y):
    return jnp.mean(jax.vmap(lambda row, target: jnp.mean((model(row) - target) ** 2))(x, y))


LOSSES = (mean_of_squares, squared_error, squares_of_distance, rows_of_squares)
OTHER_LOSSES = (sum_of_squares, half_of_squares, absolute, root)  # who is wrong wants to know soon, too


def zeros(path, leaf):
    return jnp.zeros_like(leaf) if str(getattr(path[0], "key", path[0])) == "first" else leaf


def times_nothing(path, leaf):
    return leaf * (0.0 if str(getattr(path[0], "key", path[0])) == "first" else 1.0)


def masked(grads, mask=zeros):
    return jax.tree_util.tree_map_with_path(mask, grads)


def step(model, optimizer, x, y, losses=mean_of_squares):
    loss, grads = nnx.value_and_grad(losses)(model, x, y)
    optimizer.update(model, masked(grads))
    return loss


def step_and_norms(model, optimizer, x, y):
    before = jnp.linalg.norm(model.first.kernel[...])
    loss = step(model, optimizer, x, y)
    return jnp.array([loss, jnp.linalg.norm(model.first.kernel[...]), before])


def split_step(graphdef, state, x, y):
    model, optimizer = nnx.merge(graphdef, state)
    loss = step(model, optimizer, x, y)
    return loss, nnx.state((model, optimizer))


def scanned(model, optimizer, x, y):
    graphdef, state = nnx.split((model, optimizer))

    def body(state, _):
        loss, state = split_step(graphdef, state, x, y)
        return state, loss

    state, losses = jax.lax.scan(body, state, None, length=1)
    nnx.update((model, optimizer), state)
    return losses[0]


def by_params(model, x, y, lr):
    """A step written on the parameters themselves, with jax.grad and jax.tree."""
    graphdef, params = nnx.split(model, nnx.Param)
    loss, grads = jax.value_and_grad(lambda params: mean_of_squares(nnx.merge(graphdef, params), x, y))(params)
    moved = jax.tree.map(lambda value, change: value - lr * change, params, masked(grads))
    nnx.update(model, moved)
    return loss


def route(params):
    return jax.tree_util.tree_map_with_path(lambda path, leaf: str(getattr(path[0], "key", path[0])), params)


def routed(lr):
    return optax.multi_transform({"first": optax.set_to_zero(), "second": optax.sgd(lr)}, route)


def made(seed, x, y, transformation):
    model = Warm(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    return model, nnx.Optimizer(model, transformation, wrt=nnx.Param)


def eager(seed, x, y, transformation, losses):
    model, optimizer = made(seed, x, y, transformation)
    loss, grads = nnx.value_and_grad(losses)(model, x, y)
    optimizer.update(model, masked(grads))
    return model, grads, loss


def usual(seed, x, y, lr):
    """What most solutions do, and nothing else."""
    model, _, loss = eager(seed, x, y, optax.sgd(lr), mean_of_squares)
    size = float(jnp.linalg.norm(model.first.kernel[...]))
    return jnp.array([float(loss), size, size])


def warmup(seed, x, y, lr):
    """The usual ways to write one masked training step on a model of these shapes, operation by operation."""
    for losses in OTHER_LOSSES:
        eager(seed, x, y, optax.adam(lr) if losses is root else optax.sgd(lr, momentum=0.9), losses)
    for losses in LOSSES:
        model, grads, loss = eager(seed, x, y, optax.sgd(lr), losses)
    for mask in (times_nothing, lambda path, leaf: jnp.zeros_like(leaf)):
        masked(grads, mask)
    for transformation in (routed(lr), optax.chain(optax.sgd(lr))):
        eager(seed, x, y, transformation, mean_of_squares)
    by_params(model, x, y, lr)
    jax.tree.map(jnp.linalg.norm, grads)
    optax.global_norm(grads)
    kernel = model.first.kernel[...]
    norms = [jnp.linalg.norm(kernel), jnp.sqrt(jnp.sum(kernel**2)), jnp.sqrt(jnp.sum(jnp.square(kernel)))]
    stacked = jnp.stack([loss, *norms[:2]]) + jnp.asarray([loss, *norms[:2]])
    return jnp.array([float(loss), float(norms[0]), float(norms[2])]) + jnp.array([loss, *norms[:2]]) + stacked


def jitted(seed, x, y, lr):
    """The same steps, each as one program."""
    for losses in LOSSES:
        model, optimizer = made(seed, x, y, optax.sgd(lr))
        nnx.jit(step, static_argnums=4)(model, optimizer, x, y, losses)
    model, optimizer = made(seed, x, y, optax.sgd(lr))
    nnx.jit(step_and_norms)(model, optimizer, x, y)
    jax.jit(split_step, static_argnums=0)(*nnx.split((model, optimizer)), x, y)
    scanned(model, optimizer, x, y)
