"""Hand over, from a fork of a hot zygote, whatever could end otherwise there than in the full lane.

JAX was imported, configured and used before the fork, so a submission that looks at it or changes it may see another
JAX than the full lane's. The rule is closed and errs on the slow side:

- a change of one of these leaves at once: environment, options, what becomes of warnings, signals, tracing, caches;
- changes without a function to wrap are looked for after the module has run and after each call;
- an exception counts only if the interpreter itself raises its kind, in the submission's own line: a name, a type, an
  index. An assertion, or an error from within JAX, may depend on what was different, so the full lane decides.

It does not defend: a submission that undoes it may get another verdict than the full lane's, on its own claims.
"""

import itertools
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Iterator
from functools import partial
from typing import Any

from .exceptions import FILE_NAME
from .intercept import Leave, before, frames_of
from .jax_setup import LOGGERS
from .messages import FallbackReason
from .patches import jax_watch

RELIABLE = (
    NameError,
    UnboundLocalError,
    AttributeError,
    TypeError,
    KeyError,
    IndexError,
    ZeroDivisionError,
    ImportError,
    ModuleNotFoundError,
)
# Nothing that runs here reads them after the start: what usual programs set to be safe.
HARMLESS = frozenset(
    b"PYTHONHASHSEED TF_CPP_MIN_LOG_LEVEL TF_DETERMINISTIC_OPS TF_CUDNN_DETERMINISTIC CUDA_VISIBLE_DEVICES "
    b"CUBLAS_WORKSPACE_CONFIG XLA_PYTHON_CLIENT_PREALLOCATE XLA_PYTHON_CLIENT_MEM_FRACTION "
    b"XLA_PYTHON_CLIENT_ALLOCATOR TOKENIZERS_PARALLELISM".split()
)
MAX_CHAIN = 16  # exceptions raised while another was handled

_leave: list[Leave] = []
_filters: list[Any] = []
_raised_inside: list[BaseException] = []


def arm(leave: Leave) -> None:
    """Call `leave(reason)` from now on where the full lane may do otherwise."""
    with warnings.catch_warnings():
        pass  # leaving it makes Python forget which warnings were shown already
    _leave[:] = [leave]
    _filters[:] = [*warnings.filters, warnings.showwarning, warnings.formatwarning]
    _watch_python(leave)
    jax_watch.apply(leave, _raised_inside.append)


def check() -> None:
    """Look for changes that no function announced. Does nothing where it is not armed."""
    if not _leave:
        return
    now = [*warnings.filters, warnings.showwarning, warnings.formatwarning]
    if any(each not in _filters and (not isinstance(each, tuple) or each[0] != "ignore") for each in now):
        _leave[0](FallbackReason.WARNINGS)
    if any(_is_louder(name, logger) for name, logger in logging.root.manager.loggerDict.items()):
        _leave[0](FallbackReason.LOGGING)
    if sys.gettrace() is not None or sys.getprofile() is not None:
        _leave[0](FallbackReason.TRACING)
    _raised_inside.clear()


def examine(error: BaseException) -> None:
    """Leave if this fork itself may be the cause of an exception that ends the submission."""
    if not _leave or type(error).__name__ == "TooLarge":
        return
    if not all(_is_reliable(each) for each in itertools.islice(_chain(error), MAX_CHAIN)):
        _leave[0](FallbackReason.EXCEPTION)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_reliable(error: BaseException) -> bool:
    if any(each is error for each in _raised_inside) or type(error) not in RELIABLE:
        return False
    files = [(frame.f_code.co_filename, frame.f_code.co_name) for frame in frames_of(error.__traceback__)]
    if not files:
        return False
    if type(error) is AttributeError and files[-1][1] in ("__getattr__", "getattr"):
        files.pop()  # a module or a class that says so by a function of its own
    return bool(files) and files[-1][0] == FILE_NAME


def _watch_python(leave: Leave) -> None:
    put, unset = os.putenv, os.unsetenv
    os.putenv = lambda name, value: put(name, value) if _is_harmless(name, value) else leave(FallbackReason.ENVIRONMENT)
    os.unsetenv = lambda name: unset(name) if _is_harmless(name) else leave(FallbackReason.ENVIRONMENT)
    watch = partial(before, leave)
    for name in ("simplefilter", "filterwarnings"):
        watch(warnings, name, lambda action, *_, **__: None if action == "ignore" else FallbackReason.WARNINGS)
    watch(warnings, "resetwarnings", lambda: FallbackReason.WARNINGS)
    watch(
        warnings.catch_warnings,
        "__init__",
        lambda *_, record=False, action=None, **__: (
            FallbackReason.WARNINGS if record or action not in (None, "ignore") else None
        ),
    )
    for name in ("signal", "setitimer", "alarm", "set_wakeup_fd", "siginterrupt"):
        watch(signal, name, lambda *_, **__: FallbackReason.SIGNALS)
    for module in (sys, threading):
        for name in ("settrace", "setprofile"):
            watch(module, name, lambda *_: FallbackReason.TRACING)
    watch(sys, "addaudithook", lambda *_: FallbackReason.TRACING)


def _is_harmless(name: Any, value: Any = None) -> bool:
    name = os.fsencode(name)
    return name in HARMLESS or (value is not None and os.environb.get(name) == os.fsencode(value))


def _is_louder(name: str, logger: Any) -> bool:
    if name.partition(".")[0] not in LOGGERS or not isinstance(logger, logging.Logger):
        return False
    return bool(logger.handlers or logger.filters or 0 < logger.level < logging.WARNING) or (
        name in LOGGERS and not logger.level
    )
