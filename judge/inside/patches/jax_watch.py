"""Watching JAX and Flax in a fork of a hot zygote: options, caches, listeners, exceptions of JAX itself."""

import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any, NoReturn

from ..exceptions import FILE_NAME
from ..fallback import Reason

PRIVATE = (
    "jax._src.api",
    "jax._src.config.Flag._set",
    "jax._src.config.State._name",
    "jax._src.config.State._set",
    "jax._src.config.StateContextManager.__enter__",
    "jax._src.config.trace_context_names",
    "jax._src.monitoring",
    "jax._src.traceback_util.filter_traceback",
    "flax.configurations.Config.update",
)
Leave = Callable[[Reason], NoReturn]


def watch(leave: Leave, raised_inside: list[BaseException]) -> None:
    """Leave at a change of JAX's or Flax's options or caches; collect exceptions that JAX itself raised."""
    import jax
    import jax.extend.backend
    from flax import configurations
    from jax._src import api, config, monitoring, traceback_util

    for each in (config.State, config.Flag):
        before(each, "_set", lambda option, value: None if option.value == value else Reason.CONFIGURATION, leave)
    keyed = frozenset(config.trace_context_names())  # JAX's own caches tell those apart

    def entered(context: Any) -> Reason | None:
        state = context.state
        return None if state._name in keyed or state.value == context.new_val else Reason.CONFIGURATION

    def changed(options: Any, name: Any, value: Any) -> Reason | None:
        return None if options._values.get(getattr(name, "name", name)) == value else Reason.CONFIGURATION

    before(config.StateContextManager, "__enter__", entered, leave)
    before(configurations.Config, "update", changed, leave)
    for module in (jax, api, jax.extend.backend):
        for name in ("live_arrays", "clear_caches", "clear_backends"):
            if name in vars(module):  # not by hasattr: a deprecated name warns
                before(module, name, lambda *_, **__: Reason.CACHES, leave)
    for module in (jax.monitoring, monitoring):
        for name in [name for name in vars(module) if name.startswith(("register_", "clear_", "unregister_"))]:
            before(module, name, lambda *_, **__: Reason.TRACING, leave)

    original = traceback_util.filter_traceback

    def filter_traceback(traceback: TracebackType) -> Any:
        # JAX is about to drop its own frames: remember exceptions that were raised in one of them.
        frames, error = frames_of(traceback), sys.exc_info()[1]
        if isinstance(error, (MemoryError, RecursionError, Warning, jax.errors.JaxRuntimeError)):
            leave(Reason.EXCEPTION)  # even if the submission would catch it
        if error is not None and frames and frames[-1].f_code.co_filename != FILE_NAME:
            raised_inside.append(error)
        return original(traceback)

    traceback_util.filter_traceback = filter_traceback


def before(owner: Any, name: str, reason_of: Callable[..., Reason | None], leave: Leave) -> None:
    """Wrap `owner.name`: leave where `reason_of` its arguments returns a reason, and call it otherwise."""
    original = getattr(owner, name)

    def watched(*arguments: Any, **keywords: Any) -> Any:
        if (reason := reason_of(*arguments, **keywords)) is not None:
            leave(reason)
        return original(*arguments, **keywords)

    setattr(owner, name, watched)


def frames_of(traceback: TracebackType | None) -> list[Any]:
    """Return the frames of a traceback, the outermost first."""
    frames = []
    while traceback is not None:
        frames.append(traceback.tb_frame)
        traceback = traceback.tb_next
    return frames
