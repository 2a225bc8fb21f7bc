"""Identifies the environment that decides a submission's numbers besides its source: versions and processor."""

import hashlib
import platform
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

FORMAT = "3"  # of the files of expected values, and of how a box computes: raise it with either
_PACKAGES = ("jax", "jaxlib", "flax", "optax", "numpy", "ml-dtypes")


@cache
def runtime_key() -> str:
    """Return a short hash of all that decides numbers and machine code: versions, processor, how a box computes."""
    parts = [FORMAT, processor(), *map("=".join, sorted(versions().items()))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


@cache
def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that compute, read without importing them."""
    return {"python": platform.python_version()} | {name: metadata.version(name) for name in _PACKAGES}


@cache
def processor() -> str:
    """Return the processor's model and a hash of its features, as far as the system shows them."""
    try:
        rows = dict(
            line.split(":", 1)
            for line in Path("/proc/cpuinfo").read_text().split("\n\n")[0].splitlines()
            if ":" in line
        )
    except (OSError, ValueError):
        return f"{platform.machine()} {sys.platform}"
    rows_by_name = {name.strip(): value.strip() for name, value in rows.items()}
    features = hashlib.sha256(rows_by_name.get("flags", rows_by_name.get("Features", "")).encode()).hexdigest()[:8]
    return f"{rows_by_name.get('model name', platform.machine())} ({features})"
