import jax
import jax.numpy as jnp
import optax
from flax import nnx

HIDDEN = 4


class TwoLayer(nnx.Module):
    def __init__(self, inputs, hidden, outputs, *, rngs):
        self.l1 = nnx.Linear(inputs, hidden, rngs=rngs)
        self.l2 = nnx.Linear(hidden, outputs, rngs=rngs)

    def __call__(self, x):
        return self.l2(jax.nn.relu(self.l1(x)))


def mse(model, x, y):
    return jnp.mean((model(x) - y) ** 2)


def in_first_layer(path):
    return str(getattr(path[0], "key", path[0])) == "l1"


def without_first_layer(grads):
    return jax.tree_util.tree_map_with_path(
        lambda path, leaf: jnp.zeros_like(leaf) if in_first_layer(path) else leaf, grads
    )


def freeze_first_dense(seed, x, y, lr):
    model = TwoLayer(x.shape[1], HIDDEN, y.shape[1], rngs=nnx.Rngs(int(seed)))
    optimizer = nnx.Optimizer(model, optax.sgd(lr), wrt=nnx.Param)
    before = float(jnp.linalg.norm(model.l1.kernel[...]))
    loss, grads = nnx.value_and_grad(mse)(model, x, y)
    optimizer.update(model, without_first_layer(grads))
    after = float(jnp.linalg.norm(model.l1.kernel[...]))
    return jnp.array([float(loss), after, before])


def lookalikes(seed, x, y, lr):
    """By mistake: the loss and the norm that it would report, and the leaves of l2 that it would leave behind."""
    seed, inputs, outputs = int(seed), x.shape[1], y.shape[1]

    def fresh(hidden=HIDDEN, rngs=None):
        return TwoLayer(inputs, hidden, outputs, rngs=rngs or nnx.Rngs(seed))

    def swapped():
        rngs = nnx.Rngs(seed)
        second = nnx.Linear(HIDDEN, outputs, rngs=rngs)
        model = fresh()
        model.l1, model.l2 = nnx.Linear(inputs, HIDDEN, rngs=rngs), second
        return model

    def separate():
        model = fresh()
        model.l2 = nnx.Linear(HIDDEN, outputs, rngs=nnx.Rngs(seed))
        return model

    def trained(tx, *, steps=1, loss=mse):
        model = fresh()
        optimizer = nnx.Optimizer(model, tx, wrt=nnx.Param)
        for _ in range(steps):
            optimizer.update(model, without_first_layer(nnx.grad(loss)(model, x, y)))
        return model

    def report(model):
        return {"loss": mse(model, x, y), "norm": jnp.linalg.norm(model.l1.kernel[...])}

    def leaves(model):
        return {"l2.kernel": model.l2.kernel[...], "l2.bias": model.l2.bias[...]}

    def total(model, x, y):
        return jnp.sum((model(x) - y) ** 2)

    model = fresh()
    kernel, hidden = model.l1.kernel[...], model.l1(x)
    error = model(x) - y
    loss = jnp.mean(error**2)

    def through(activation):
        return {"loss": jnp.mean((model.l2(activation(hidden)) - y) ** 2)}

    return {
        "post-step-loss": {"loss": mse(trained(optax.sgd(lr)), x, y)},
        "summed-loss": {"loss": total(model, x, y), "leaves": leaves(trained(optax.sgd(lr), loss=total))},
        "summed-over-outputs": {"loss": jnp.mean(jnp.sum(error**2, axis=1))},
        "half-mse": {"loss": loss / 2, "leaves": leaves(trained(optax.sgd(lr / 2)))},
        "root-mean-square": {"loss": jnp.sqrt(loss)},
        "absolute-error": {"loss": jnp.mean(jnp.abs(error))},
        "no-relu": through(lambda h: h),
        "relu-on-output": {"loss": jnp.mean((jax.nn.relu(model(x)) - y) ** 2)},
        "other-activation": through(jnp.tanh),
        "gelu-for-relu": through(jax.nn.gelu),
        "separate-rngs": report(separate()),
        "seed-plus-one": report(fresh(rngs=nnx.Rngs(seed + 1))),
        "seed-ignored": report(fresh(rngs=nnx.Rngs(0))),
        "second-layer-drawn-first": report(swapped()),
        "other-hidden-width": report(fresh(hidden=8)),
        "norm-of-second-layer": {"norm": jnp.linalg.norm(model.l2.kernel[...])},
        "squared-norm": {"norm": jnp.sum(kernel**2)},
        "spectral-norm": {"norm": jnp.linalg.norm(kernel, ord=2)},
        "sum-of-absolute-values": {"norm": jnp.sum(jnp.abs(kernel))},
        "two-steps": {"leaves": leaves(trained(optax.sgd(lr), steps=2))},
        "adam-for-sgd": {"leaves": leaves(trained(optax.adam(lr)))},
    }
