"""XLA's flags: the judge's own beside those of the environment, read when the backend starts."""

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from . import compile_cache

PRIVATE = ("jax._src.lib.xla_client.make_cpu_client",)
_chosen = [""]


def apply() -> None:
    """Have XLA read the judge's flags beside the environment's, which a submission may write to, when it starts."""
    from jax._src.lib import xla_client

    make = xla_client.make_cpu_client

    @functools.wraps(make)
    def with_flags(*arguments: Any, **keywords: Any) -> Any:
        with _environment("XLA_FLAGS", flags := _flags()):
            client = make(*arguments, **keywords)
        compile_cache.flags = flags
        return client

    xla_client.make_cpu_client = with_flags


def choose(flags: str) -> None:
    """Use `flags` for the backend that starts later in this process."""
    _chosen[0] = flags
    compile_cache.flags = _flags()


def _flags() -> str:
    """Return the flags of a client that is made now: the judge's, then the submission's own, which win."""
    return " ".join(each for each in (_chosen[0], os.environ.get("XLA_FLAGS")) if each)


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
