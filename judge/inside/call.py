"""One call of the entry point: arguments in, value or exception and what was seen of the model out."""

from types import ModuleType
from typing import Any

import numpy as np

from . import complaint, observe, plain


def call(module: ModuleType, job: dict[str, Any], arguments: tuple[Any, ...]) -> dict[str, Any]:
    """The reply to one request, as a tree for the wire; see judge.evidence.Evidence for its fields.

    NumPy arguments are handed over as JAX arrays of the same shape and dtype, which nobody can write to.
    """
    reply: dict[str, Any] = {"value": None, "type": "NoneType", "raised": None, "observed": [], "also": {}, "facts": {}}
    watch = observe.Watch(job["facts"])
    try:
        given = tuple(_argument(argument) for argument in arguments)
        value = watch.run(getattr(module, job["entry"]), given)
        reply["value"] = plain.plain(value, job["result_bytes"])
        reply["type"] = type(value).__name__[:200]
        for name in job["also"]:
            reply["also"][name] = plain.plain(getattr(module, name)(*given), job["result_bytes"])
        reply["observed"] = watch.observed()
        reply["facts"] = watch.facts()
    except BaseException as error:
        reply["raised"] = complaint.of(error)
        reply["value"] = None
    return reply


def _argument(value: Any) -> Any:
    import jax.numpy as jnp

    return jnp.asarray(value) if isinstance(value, np.ndarray) else value
