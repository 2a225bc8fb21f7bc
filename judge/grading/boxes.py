"""The boxes that a grader needs: what they may not read, where compiled programs lie."""

from collections.abc import Sequence
from pathlib import Path

from judge.grading.environment import runtime_key
from judge.sandbox import PoolConfig
from judge.settings import PROGRAMS_DIR


def pool_config(
    dirs: Sequence[Path],
    cache_dir: Path,
    slots: int = 1,
    *,
    fast: bool = True,
    patience: float = 0.0,
    hidden: Sequence[Path] = (),
    pin: bool = False,
    apart: bool = False,
    operations: bool = False,
    hot: int = 0,
    packs: Path | None = None,
) -> PoolConfig:
    """Return the configuration of the boxes of a `Grader` with these arguments.

    `dirs` are the folders of the problems; `packs` is that of compiled programs, if not the usual one in `cache_dir`.
    """
    packs = packs or cache_dir / PROGRAMS_DIR
    return PoolConfig(
        slots=slots,
        hidden=(cache_dir, packs, *dirs, *hidden),
        packs=packs,
        runtime=runtime_key(),
        fast=fast,
        patience=patience,
        pin=pin,
        background=apart,
        operations=operations,
        hot=hot,
    )
