"""judge: an online judge and grading harness for JAX / Flax NNX exercises."""

__version__ = "0.1.0"
