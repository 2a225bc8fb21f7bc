"""Everything that touches private parts of JAX, jaxlib or Flax: each file lists what it uses in PRIVATE.

`apply()` patches a zygote and its forks. `jax_watch` is applied in forks of hot zygotes alone.
"""

from . import compile_cache, fewer_lookups, measurements, optimizers, xla_flags


def apply() -> None:
    """Apply every patch, for the life of this process and its forks. JAX and Flax must be imported already."""
    fewer_lookups.apply()
    compile_cache.apply()
    optimizers.apply()
    measurements.apply()
    xla_flags.apply()
