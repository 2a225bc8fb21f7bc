"""Notice, in a fork of a hot zygote, that a submission changes JAX, looks into it, or meets an error from within it."""

import sys
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any

from ..exceptions import FILE_NAME
from ..intercept import Leave, before, frames_of
from ..messages import FallbackReason

PRIVATE_NAMES = (
    "jax._src.config.State._set",
    "jax._src.config.State._name",
    "jax._src.config.Flag._set",
    "jax._src.config.trace_context_names",
    "jax._src.config.StateContextManager.__enter__",
    "jax._src.config.StateContextManager.state",
    "jax._src.config.StateContextManager.new_val",
    "jax._src.api.live_arrays",
    "jax._src.api.clear_caches",
    "jax._src.api.clear_backends",
    "jax.extend.backend.clear_backends",
    "jax._src.monitoring",
    "jax._src.traceback_util.filter_traceback",
    "flax.configurations.Config.update",
    "flax.configurations.config._values",
)


def apply(leave: Leave, note: Callable[[BaseException], None]) -> None:
    """Have this process `leave` before any of it, and `note` each exception that a frame of JAX itself raised."""
    import jax
    import jax.extend.backend
    from flax import configurations
    from jax._src import api, config, monitoring, traceback_util

    watch = partial(before, leave)
    for each in (config.State, config.Flag):
        watch(each, "_set", lambda option, value: None if option.value == value else FallbackReason.CONFIGURATION)
    keyed = frozenset(config.trace_context_names())  # JAX's own caches distinguish those

    def entered(context: Any) -> FallbackReason | None:
        state = context.state
        return None if state._name in keyed or state.value == context.new_val else FallbackReason.CONFIGURATION

    def changed(options: Any, name: Any, value: Any) -> FallbackReason | None:
        return None if options._values.get(getattr(name, "name", name)) == value else FallbackReason.CONFIGURATION

    watch(config.StateContextManager, "__enter__", entered)
    watch(configurations.Config, "update", changed)
    for module in (jax, api, jax.extend.backend):
        for name in ("live_arrays", "clear_caches", "clear_backends"):
            if name in vars(module):  # not by hasattr: a deprecated name warns
                watch(module, name, lambda *_, **__: FallbackReason.CACHES)
    for module in (jax.monitoring, monitoring):
        for name in [name for name in vars(module) if name.startswith(("register_", "clear_", "unregister_"))]:
            watch(module, name, lambda *_, **__: FallbackReason.TRACING)

    original = traceback_util.filter_traceback

    def filter_traceback(traceback: TracebackType) -> Any:
        # JAX is about to drop its own frames: remember exceptions that were raised in one of them.
        frames, error = frames_of(traceback), sys.exc_info()[1]
        if isinstance(error, (MemoryError, RecursionError, Warning, jax.errors.JaxRuntimeError)):
            leave(FallbackReason.EXCEPTION)  # even if the submission would catch it
        if error is not None and frames and frames[-1].f_code.co_filename != FILE_NAME:
            note(error)
        return original(traceback)

    traceback_util.filter_traceback = filter_traceback
