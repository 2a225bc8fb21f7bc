"""One call of the entry point: arguments in, value or exception and what was seen of the model out."""

from types import ModuleType
from typing import Any

from . import exceptions, fallback_guard, serialize
from .patches import measurements, optimizers


def call(module: ModuleType, job: dict[str, Any], arguments: tuple[Any, ...]) -> dict[str, Any]:
    """The reply to one request, as a tree for the wire; see judge.evidence.Evidence for its fields.

    NumPy arguments are handed over as JAX arrays of the same shape and dtype, which nobody can write to; as NumPy
    arrays where the problem asks whether they were written to.
    """
    reply: dict[str, Any] = {"value": None, "type": "NoneType", "raised": None, "observed": [], "also": {}, "facts": {}}
    watch, measured = optimizers.Watch(), measurements.Facts(job["facts"], job["parameters"])
    try:
        function, given = getattr(module, job["entry"]), measured.arguments(arguments)
        value = watch.run(function, given)
        measured.called()
        reply["value"] = serialize.plain(value, job["result_bytes"])
        reply["type"] = type(value).__name__[:200]
        reply["observed"] = watch.observed()
        reply["facts"] = measured.all(function, given)
        # Last: a model that `lookalikes` trains, or an input that it writes to, is not the entry point's doing.
        for name in job["also"]:
            reply["also"][name] = serialize.plain(getattr(module, name)(*given), job["result_bytes"])
    except BaseException as error:
        fallback_guard.examine(error)
        reply["raised"] = exceptions.of(error)
        reply["value"] = None
    return reply
