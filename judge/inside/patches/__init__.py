"""Everything that touches private parts of JAX, jaxlib or Flax. `apply()` patches this process and its forks.

Each file lists the names that it uses or replaces in PRIVATE_NAMES; tests/unit/inside/test_patches.py looks each of
them up, so that a release which moves one is noticed by its name. Two files have no part in `apply`: options.py only
reads, and jax_watch.py patches a fork alone, once it is sealed.
"""

from . import compile_cache, fewer_lookups, measurements, optimizers, xla_flags


def apply() -> None:
    """Apply every patch, for the life of this process and its forks. JAX and Flax must be imported already."""
    fewer_lookups.apply()
    compile_cache.apply()
    optimizers.apply()
    measurements.apply()
    xla_flags.apply()
