"""Everything that touches private parts of JAX, jaxlib or Flax. `apply()` patches this process and its forks."""

from . import compile_cache, fewer_lookups, measurements, optimizers


def apply() -> None:
    """Apply every patch, for the life of this process and its forks. JAX and Flax must be imported already."""
    fewer_lookups.apply()
    compile_cache.apply()
    optimizers.apply()
    measurements.apply()
