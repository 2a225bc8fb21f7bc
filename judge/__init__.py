"""judge: an online judge and grading harness for JAX / Flax NNX exercises."""

__version__: str


def __getattr__(name: str) -> str:
    """Return `__version__`, as pyproject.toml has it, when it is asked for: a start has no time to look it up."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import metadata

    try:
        return metadata.version("judge")
    except metadata.PackageNotFoundError:  # a source tree that was never installed
        return "unknown"
