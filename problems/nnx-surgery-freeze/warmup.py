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


def rows_of_squares(model, x, y):
    return jnp.mean(jax.vmap(lambda row, target: jnp.mean((model(row) - target) ** 2))(x, y))


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


def made(seed, x, y, transformation):
    model = Warm(x.shape[1], y.shape[1], rngs=nnx.Rngs(int(seed)))
    return model, nnx.Optimizer(model, transformation, wrt=nnx.Param)


def eager(seed, x, y, transformation, losses):
    model, optimizer = made(seed, x, y, transformation)
    loss, grads = nnx.value_and_grad(losses)(model, x, y)
    for gradients in (masked(grads), masked(grads, times_nothing), jax.tree.map(jnp.zeros_like, grads)):
        optimizer.update(model, gradients)
    return loss


def warmup(seed, x, y, lr):
    """The usual ways to write a masked training step on a model of these shapes: eager, jitted, scanned, routed."""
    sgd = optax.sgd(lr)
    routed = optax.multi_transform({"first": optax.set_to_zero(), "second": optax.sgd(lr)}, route)
    for losses in (mean_of_squares, squared_error, squares_of_distance, rows_of_squares):
        eager(seed, x, y, sgd, losses)
        model, optimizer = made(seed, x, y, sgd)
        nnx.jit(step, static_argnums=4)(model, optimizer, x, y, losses)
    for transformation in (routed, optax.chain(sgd)):
        eager(seed, x, y, transformation, mean_of_squares)
    model, optimizer = made(seed, x, y, routed)
    optimizer.update(model, nnx.grad(mean_of_squares)(model, x, y))
    model, optimizer = made(seed, x, y, sgd)
    nnx.jit(step_and_norms)(model, optimizer, x, y)
    loss, _ = jax.jit(split_step, static_argnums=0)(*nnx.split((model, optimizer)), x, y)
    last = scanned(model, optimizer, x, y)
    by_params(model, x, y, lr)
    kernel = model.first.kernel[...]
    norms = [jnp.linalg.norm(kernel), jnp.sqrt(jnp.sum(kernel**2)), jnp.sqrt(jnp.sum(jnp.square(kernel)))]
    stacked = jnp.stack([loss, norms[0], last]) + jnp.asarray([loss, norms[1], norms[2]])
    return jnp.array([float(loss), float(norms[0]), float(last)]) + jnp.array([loss, norms[0], norms[1]]) + stacked
