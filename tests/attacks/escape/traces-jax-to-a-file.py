"""Asks JAX's own profiler to write a file."""
# stopped by: namespaces, landlock, seccomp

import jax


def attack(judge):
    folder = f"/tmp/{judge['mark']}"
    jax.profiler.start_trace(folder)
    jax.profiler.stop_trace()
    return f"wrote {folder}"
