"""The benchmark: one submission judged in several ways, side by side in one run, every answer checked."""

from judge.bench.plan import Row, run

__all__ = ["Row", "run"]
