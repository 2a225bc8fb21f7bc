"""One call of the entry point: arguments in; value or exception, and what was seen of the model, out."""

from types import ModuleType

from . import exceptions, fallback_guard, serialize
from .messages import CallMessage, JobMessage, ReplyMessage
from .patches import measurements, optimizers


def call(module: ModuleType, job: JobMessage, request: CallMessage) -> ReplyMessage:
    """Call the entry point, and return the reply.

    NumPy arguments are passed as JAX arrays of the same shape and dtype, which nobody can write to; as NumPy arrays
    where the problem asks whether they were written to.
    """
    watch, measured = optimizers.Watch(), measurements.Facts(job.facts, job.parameters)
    try:
        return _call(module, job, request, watch, measured)
    except BaseException as error:
        fallback_guard.examine(error)
        return ReplyMessage(nonce=request.nonce, raised=exceptions.describe(error))


def _call(
    module: ModuleType,
    job: JobMessage,
    request: CallMessage,
    watch: optimizers.Watch,
    measured: measurements.Facts,
) -> ReplyMessage:
    function, given = getattr(module, job.entry), measured.arguments(request.arguments)
    result = watch.run(function, given)
    measured.called()
    value = serialize.plain(result, job.result_bytes)
    observed = watch.observed()
    facts = measured.all(function, given)
    # Last: a model that `lookalikes` trains, or an input that it writes to, is not the entry point's doing.
    also = {name: serialize.plain(getattr(module, name)(*given), job.result_bytes) for name in job.extra_functions}
    return ReplyMessage(
        nonce=request.nonce,
        value=value,
        type_name=type(result).__name__[:200],
        observed=observed,
        also=also,
        facts=facts,
    )
