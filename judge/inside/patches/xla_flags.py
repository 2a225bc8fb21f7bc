"""XLA's flags of this process: ours beside those of the environment, which a submission may write to."""

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import compile_cache

PRIVATE_NAMES = ("jax._src.lib.xla_client.make_cpu_client",)
_ours: list[str] = []


def choose(*flags: str) -> None:
    """Have the client that is made next take these flags, besides the environment's."""
    _ours[:] = flags
    compile_cache.flags = _flags()


def apply() -> None:
    """Have XLA read our flags when its client is made, for the life of this process and its forks."""
    from jax._src.lib import xla_client

    make = xla_client.make_cpu_client

    @functools.wraps(make)
    def with_flags(*arguments: Any, **keywords: Any) -> Any:
        with _environment("XLA_FLAGS", flags := _flags()):
            client = make(*arguments, **keywords)
        compile_cache.flags = flags
        return client

    xla_client.make_cpu_client = with_flags


def _flags() -> str:
    """Return the flags of a client that is made now: ours, then the submission's own, which win."""
    own = os.environ.get("XLA_FLAGS")
    return " ".join([*_ours, *([own] if own else [])])


@contextmanager
def _environment(name: str, text: str) -> Iterator[None]:
    before = os.environ.get(name)
    if text:
        os.environ[name] = text
    try:
        yield
    finally:
        if before is not None:
            os.environ[name] = before
        else:
            os.environ.pop(name, None)
