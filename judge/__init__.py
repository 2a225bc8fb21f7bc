"""judge: an online judge and grading harness for JAX / Flax NNX exercises."""

from importlib import metadata

try:
    __version__ = metadata.version("judge")  # as pyproject.toml has it
except metadata.PackageNotFoundError:  # a source tree that was never installed
    __version__ = "unknown"
