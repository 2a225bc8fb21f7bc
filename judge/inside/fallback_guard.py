"""Handing over, from a fork of a hot zygote, whatever could end otherwise there than in the full lane.

JAX was imported, configured and used before the fork, so a submission that looks at it or changes it may see another
JAX than the full lane's. The rule is closed and errs on the slow side:

- a change of one of these leaves at once: environment, options, what becomes of warnings, signals, tracing, caches;
- changes without a function to wrap are looked for after the module has run and after each call;
- an exception stands only if the interpreter itself raises its kind, in the submission's own line: a name, a type, an
  index. An assertion, or an error from within JAX, may depend on what was different, so the full lane says.

It is no defence: a submission that undoes it may get another verdict than the full lane's, on its own claims.
"""

import itertools
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, NoReturn

from .exceptions import FILE_NAME
from .jax_setup import LOGGERS
from .messages import FallbackReason as Reason

STANDING = (
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
Leave = Callable[[Reason], NoReturn]

_leave: list[Leave] = []
_filters: list[Any] = []
_raised_inside: list[BaseException] = []


def arm(leave: Leave) -> None:
    """From now on, `leave(reason)` where the full lane may do otherwise."""
    with warnings.catch_warnings():
        pass  # leaving it makes Python forget which warnings were shown already
    _leave[:] = [leave]
    _filters[:] = [*warnings.filters, warnings.showwarning, warnings.formatwarning]
    _watch_python()
    _watch_jax()


def check() -> None:
    """Look for changes that no function announced; nothing where it is not armed."""
    if not _leave:
        return
    now = [*warnings.filters, warnings.showwarning, warnings.formatwarning]
    if any(each not in _filters and (not isinstance(each, tuple) or each[0] != "ignore") for each in now):
        _leave[0](Reason.WARNINGS)
    if any(_is_louder(name, logger) for name, logger in logging.root.manager.loggerDict.items()):
        _leave[0](Reason.LOGGING)
    if sys.gettrace() is not None or sys.getprofile() is not None:
        _leave[0](Reason.TRACING)
    _raised_inside.clear()


def examine(error: BaseException) -> None:
    """Leave if this fork itself may be the cause of an exception that ends the submission."""
    if not _leave or type(error).__name__ == "TooLarge":
        return
    if not all(_stands(each) for each in itertools.islice(_chain(error), MAX_CHAIN)):
        _leave[0](Reason.EXCEPTION)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _stands(error: BaseException) -> bool:
    if any(each is error for each in _raised_inside) or type(error) not in STANDING:
        return False
    files = [(frame.f_code.co_filename, frame.f_code.co_name) for frame in _frames(error.__traceback__)]
    if not files:
        return False
    if type(error) is AttributeError and files[-1][1] in ("__getattr__", "getattr"):
        files.pop()  # a module or a class that says so by a function of its own
    return bool(files) and files[-1][0] == FILE_NAME


def _frames(traceback: TracebackType | None) -> list[Any]:
    frames = []
    while traceback is not None:
        frames.append(traceback.tb_frame)
        traceback = traceback.tb_next
    return frames


def _watch_python() -> None:
    put, unset = os.putenv, os.unsetenv
    os.putenv = lambda name, value: put(name, value) if _is_harmless(name, value) else _leave[0](Reason.ENVIRONMENT)
    os.unsetenv = lambda name: unset(name) if _is_harmless(name) else _leave[0](Reason.ENVIRONMENT)
    _before(warnings, "simplefilter", lambda action, *_, **__: None if action == "ignore" else Reason.WARNINGS)
    _before(warnings, "filterwarnings", lambda action, *_, **__: None if action == "ignore" else Reason.WARNINGS)
    _before(warnings, "resetwarnings", lambda: Reason.WARNINGS)
    _before(
        warnings.catch_warnings,
        "__init__",
        lambda *_, record=False, action=None, **__: (
            Reason.WARNINGS if record or action not in (None, "ignore") else None
        ),
    )
    for name in ("signal", "setitimer", "alarm", "set_wakeup_fd", "siginterrupt"):
        _before(signal, name, lambda *_, **__: Reason.SIGNALS)
    for module in (sys, threading):
        for name in ("settrace", "setprofile"):
            _before(module, name, lambda *_: Reason.TRACING)
    _before(sys, "addaudithook", lambda *_: Reason.TRACING)


def _watch_jax() -> None:
    import jax
    import jax.extend.backend
    from flax import configurations
    from jax._src import api, config, monitoring, traceback_util

    for each in (config.State, config.Flag):
        _before(each, "_set", lambda option, value: None if option.value == value else Reason.CONFIGURATION)
    keyed = frozenset(config.trace_context_names())  # JAX's own caches tell those apart

    def entered(context: Any) -> Reason | None:
        state = context.state
        return None if state._name in keyed or state.value == context.new_val else Reason.CONFIGURATION

    def changed(options: Any, name: Any, value: Any) -> Reason | None:
        return None if options._values.get(getattr(name, "name", name)) == value else Reason.CONFIGURATION

    _before(config.StateContextManager, "__enter__", entered)
    _before(configurations.Config, "update", changed)
    for module in (jax, api, jax.extend.backend):
        for name in ("live_arrays", "clear_caches", "clear_backends"):
            if name in vars(module):  # not by hasattr: a deprecated name warns
                _before(module, name, lambda *_, **__: Reason.CACHES)
    for module in (jax.monitoring, monitoring):
        for name in [name for name in vars(module) if name.startswith(("register_", "clear_", "unregister_"))]:
            _before(module, name, lambda *_, **__: Reason.TRACING)

    original = traceback_util.filter_traceback

    def filter_traceback(traceback: TracebackType) -> Any:
        # JAX is about to drop its own frames: remember exceptions that were raised in one of them.
        frames, error = _frames(traceback), sys.exc_info()[1]
        if isinstance(error, (MemoryError, RecursionError, Warning, jax.errors.JaxRuntimeError)):
            _leave[0](Reason.EXCEPTION)  # even if the submission would catch it
        if error is not None and frames and frames[-1].f_code.co_filename != FILE_NAME:
            _raised_inside.append(error)
        return original(traceback)

    traceback_util.filter_traceback = filter_traceback


def _before(owner: Any, name: str, reason_of: Callable[..., Reason | None]) -> None:
    """Have `owner.name` leave where `reason_of` its arguments gives a reason; otherwise it does what it did."""
    original = getattr(owner, name)

    def watched(*arguments: Any, **keywords: Any) -> Any:
        if (reason := reason_of(*arguments, **keywords)) is not None:
            _leave[0](reason)
        return original(*arguments, **keywords)

    setattr(owner, name, watched)


def _is_harmless(name: Any, value: Any = None) -> bool:
    name = os.fsencode(name)
    return name in HARMLESS or (value is not None and os.environb.get(name) == os.fsencode(value))


def _is_louder(name: str, logger: Any) -> bool:
    if name.partition(".")[0] not in LOGGERS or not isinstance(logger, logging.Logger):
        return False
    return bool(logger.handlers or logger.filters or 0 < logger.level < logging.WARNING) or (
        name in LOGGERS and not logger.level
    )
