"""JAX as every box has it: imported once, one thread, results computed in the calling thread, no backend started."""

import functools
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from typing import Any

from . import patches
from .patches import compile_cache

# XLA's cheap compilation, for programs that run for microseconds and compile for milliseconds. Changes last bits of
# some results, so it holds for every lane and for the reference, or for none of them.
LIGHT_FLAGS = " ".join(
    (
        "--xla_cpu_use_fusion_emitters=false",
        "--xla_backend_optimization_level=0",
        "--xla_llvm_disable_expensive_passes=true",
        "--xla_cpu_parallel_codegen_split_count=1",
    )
)
PACKAGES = ("jax", "jaxlib", "flax", "optax", "numpy")
LOGGERS = ("jax", "jaxlib", "flax", "optax")
_light: list[str] = []


def load() -> None:
    """Import what submissions import, and make JAX fit to be forked. Starts no backend."""
    import jax
    import optax  # noqa: F401
    from flax import linen, nnx  # noqa: F401

    from . import device_files

    # In the calling thread: a reply is framed when its numbers are there, and CPU time is its own.
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    for name in LOGGERS:
        # What they say below a warning is about compilations, which each lane has others of: not for a root logger
        # that a submission opens. Who asks these loggers themselves is answered.
        logging.getLogger(name).setLevel(logging.WARNING)
    patches.apply()
    device_files.install()
    _give_flags()


def start(light: bool) -> None:
    """Choose XLA's flags for this child; its backend starts when the submission first needs it."""
    _light[:] = [LIGHT_FLAGS] if light else []
    compile_cache.flags = _flags()


def _flags() -> str:
    """The flags of a client that is made now: ours, then the submission's own, which win."""
    own = os.environ.get("XLA_FLAGS")
    return " ".join([*_light, *([own] if own else [])])


def _give_flags() -> None:
    """Have XLA read our flags beside those of the environment, which a submission may write to, when it starts."""
    from jax._src.lib import xla_client

    make = xla_client.make_cpu_client

    @functools.wraps(make)
    def with_flags(*arguments: Any, **keywords: Any) -> Any:
        with _environment("XLA_FLAGS", flags := _flags()):
            client = make(*arguments, **keywords)
        compile_cache.flags = flags
        return client

    xla_client.make_cpu_client = with_flags


@contextmanager
def _environment(name: str, text: str) -> Iterator[None]:
    before = os.environ.get(name)
    if text:
        os.environ[name] = text
    try:
        yield
    finally:
        if before is not None:
            os.environ[name] = before
        else:
            os.environ.pop(name, None)


def versions() -> dict[str, str]:
    """Installed versions of the packages that decide a submission's numbers."""
    return {name: metadata.version(name) for name in PACKAGES}
