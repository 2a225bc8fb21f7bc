"""Set JAX up as every box has it: imported once, one thread, results computed in that thread, no backend started."""

import logging
from importlib import metadata

from . import device_files, patches
from .patches import xla_flags

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


def load() -> None:
    """Import what submissions import, and make JAX fit to be forked. Starts no backend."""
    import jax
    import optax  # noqa: F401
    from flax import linen, nnx  # noqa: F401

    # In the calling thread: a reply is framed when its numbers are there, and CPU time is its own.
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    for name in LOGGERS:
        # Their messages below a warning are about compilations, which differ between the lanes: a root logger that a
        # submission configures does not show them. A submission that sets these loggers' own levels sees them.
        logging.getLogger(name).setLevel(logging.WARNING)
    patches.apply()
    device_files.install()


def start(light: bool) -> None:
    """Choose XLA's flags for this child; its backend starts when the submission first needs it."""
    xla_flags.choose(*([LIGHT_FLAGS] if light else []))


def versions() -> dict[str, str]:
    """Return the installed versions of the packages that decide a submission's numbers."""
    return {name: metadata.version(name) for name in PACKAGES}
