"""Cache what JAX looks up over and over: the same results, sooner. Patches private functions of JAX.

A case is some milliseconds of Python, most of it JAX's own bookkeeping at each operation, which programs that compute
for hours never notice. Measured on twelve cases of an eager training step (190 ms of a fork of a hot zygote):

share_mlir_contexts    one context for all lowerings     about 40 of them in a first case, 2.7 ms and several MB each
name_rules             no signature of a rule is read    17 ms
import_no_more         no import in each isinstance      6 ms
"""

import threading
from contextlib import suppress
from typing import Any

PRIVATE_NAMES = (
    "jax._src.interpreters.mlir.make_ir_context",
    "jax._src.api_util.fun_sourceinfo",
    "jax._src.core.DebugInfo",
    "jax._src.core.RefMeta",
    "jax._src.core.RefMeta.__instancecheck__",
    "jax._src.core.Tracer",
    "jax._src.interpreters.ad.primitive_jvps",
    "jax._src.state.types.AbstractRef",
)


def apply() -> None:
    """Apply them all, for the life of this process and its forks."""
    share_mlir_contexts()
    name_rules()
    import_no_more()


def share_mlir_contexts() -> None:
    """Use one MLIR context for each thread, without threads of its own, instead of one for each lowering."""
    from jax._src.interpreters import mlir

    make = mlir.make_ir_context
    local = threading.local()

    def shared() -> Any:
        if not hasattr(local, "context"):
            local.context = make()
            local.context.enable_multithreading(False)
        return local.context

    mlir.make_ir_context = shared


def name_rules() -> None:
    """Give JAX the debug info of each operation's differentiation rule once.

    At every operation that it differentiates, `ad.fallback_linearize_rule` inspects the rule's signature for the names
    of its arguments, and then drops them; it takes `__fun_debug_info__` of a rule instead.
    """
    from jax._src import api_util, core
    from jax._src.interpreters import ad

    for rule in ad.primitive_jvps.values():
        with suppress(AttributeError):  # a bound method of a class of operations: asked each time, as before
            rule.__fun_debug_info__ = core.DebugInfo("linearize_prim_jvp", api_util.fun_sourceinfo(rule), None, None)


def import_no_more() -> None:
    """Ask whether something is a `jax.Ref`, as flax does 1,500 times in a call, without an import statement in it."""
    from jax._src import core
    from jax._src.state.types import AbstractRef

    def is_instance(cls: type, instance: object) -> bool:
        return type.__instancecheck__(cls, instance) or (
            isinstance(instance, core.Tracer) and isinstance(instance.aval, AbstractRef)
        )

    core.RefMeta.__instancecheck__ = is_instance
