"""Addresses of the official documentation of JAX, Flax NNX and optax, by the names that programs use."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).parent / "documented_names.txt"
SITES = ("https://docs.jax.dev/", "https://flax.readthedocs.io/", "https://optax.readthedocs.io/")
ALIASES = {"jnp": "jax.numpy", "nnx": "flax.nnx"}  # as the exercises import them
NAME = re.compile(r"(?<![\w.])(?:jax|jnp|nnx|flax\.nnx|optax)(?:\.[A-Za-z]\w*)+")


@lru_cache(maxsize=1)
def addresses() -> Mapping[str, str]:
    """Return the address of each documented name, as `flax.nnx.state`."""
    found: dict[str, str] = {}
    module = address = ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            found |= {f"{module}.{name}": address.replace("*", name) for name in line.split()}
        elif not line.startswith("#"):
            module, address = line.split()
    return found


def names_in(code: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each documented name begins and ends in a piece of code, and its address.

    Of `nnx.Optimizer.update` the part that has an address is taken.
    """
    for match in NAME.finditer(code):
        written = match[0]
        while "." in written:
            address = addresses().get(_in_full(written))
            if address:
                yield match.start(), match.start() + len(written), address
                break
            written = written.rpartition(".")[0]


def _in_full(written: str) -> str:
    first, _, rest = written.partition(".")
    return f"{ALIASES.get(first, first)}.{rest}"
