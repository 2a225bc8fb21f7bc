"""Right solutions of the first problem that do what programs do besides: at import, and in the call.

`surroundings.txt` holds a few lines for each, with the verdict that it gets in every lane. They stand before `import
jax`, after it, at the begin or end of the entry point, or in the model's constructor.
"""

import re
from pathlib import Path

SKELETON = """\
{first}
import jax
import jax.numpy as jnp
import optax
from flax import nnx
{then}


class Net(nnx.Module):
    def __init__(self, n_in, n_out, rngs):
        self.l1 = nnx.Linear(n_in, 4, rngs=rngs)
        self.l2 = nnx.Linear(4, n_out, rngs=rngs)
{member}

    def __call__(self, v):
        return self.l2(nnx.relu(self.l1(v)))


def objective(net, x, y):
    return ((net(x) - y) ** 2).mean()


def cut(path, g):
    return jnp.zeros_like(g) if path[0].key == "l1" else g


def freeze_first_dense(seed, x, y, lr):
{begin}
    net = Net(x.shape[1], y.shape[1], nnx.Rngs(int(seed)))
    opt = nnx.Optimizer(net, optax.sgd(lr), wrt=nnx.Param)
    n0 = jnp.linalg.norm(net.l1.kernel[...])
    loss, grads = nnx.value_and_grad(objective)(net, x, y)
    grads = jax.tree_util.tree_map_with_path(cut, grads)
    opt.update(net, grads)
    n1 = jnp.linalg.norm(net.l1.kernel[...])
    result = [loss, n1, n0]
{end}
    return jnp.array(result)
"""


def program(first: str = "", then: str = "", begin: str = "", end: str = "", member: str = "") -> str:
    """A whole submission."""

    def indented(text: str, by: str) -> str:
        return "\n".join(by + line for line in text.splitlines())

    return SKELETON.format(
        first=first,
        then=then,
        begin=indented(begin, "    "),
        end=indented(end, "    "),
        member=indented(member, "        "),
    )


def programs() -> dict[str, tuple[str, str]]:
    """By name: the verdict and the source."""
    text = Path(__file__).with_suffix(".txt").read_text()
    found = {}
    for section in re.split("^=== ", text, flags=re.MULTILINE)[1:]:
        head, *parts = re.split("^--- ", section, flags=re.MULTILINE)
        name, verdict = head.strip().split(": ")
        found[name] = (verdict, program(**dict(part.split("\n", 1) for part in parts)))
    return found
