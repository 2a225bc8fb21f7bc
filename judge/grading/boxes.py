"""The boxes that a grader needs: what they may not read, where compiled programs lie."""

from collections.abc import Sequence
from pathlib import Path

from judge.grading.environment import runtime_key
from judge.problems.catalog import Catalog
from judge.sandbox import PoolConfig


def pool_config(
    catalog: Catalog,
    cache_dir: Path,
    slots: int = 1,
    *,
    fast: bool = True,
    patience: float = 0.0,
    hidden: Sequence[Path] = (),
    pin: bool = False,
    apart: bool = False,
    operations: bool = False,
) -> PoolConfig:
    """Return the configuration of the boxes of a `Grader` with these arguments."""
    return PoolConfig(
        slots=slots,
        hidden=(cache_dir, *catalog.dirs, *hidden),
        packs=cache_dir / "compiled",
        runtime=runtime_key(),
        fast=fast,
        patience=patience,
        pin=pin,
        background=apart,
        operations=operations,
    )
