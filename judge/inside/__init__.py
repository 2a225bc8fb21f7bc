"""Code that runs beside hostile code. Imports the standard library, numpy, jax, flax and optax; never the judge."""
