"""One call of the entry point: arguments in, value or exception and what was seen of the model out."""

from types import ModuleType

from . import exceptions, fallback_guard, serialize
from .messages import Call, Job, Observed, Reply
from .patches import measurements, optimizers
from .wire import Tree


def call(module: ModuleType, job: Job, request: Call) -> Reply:
    """Return the reply to one request; see judge.evidence.Evidence for its fields.

    NumPy arguments are handed over as JAX arrays of the same shape and dtype, which nobody can write to; as NumPy
    arrays where the problem asks whether they were written to.
    """
    value: Tree = None
    type_name, raised = "NoneType", None
    observed: tuple[Observed, ...] = ()
    extra_values: dict[str, Tree] = {}
    facts: dict[str, Tree] = {}
    watch, measured = optimizers.Watch(), measurements.Measurements(job.facts, job.parameters)
    try:
        function, given = getattr(module, job.entry), measured.arguments(request.arguments)
        returned = watch.run(function, given)
        measured.called()
        value = serialize.to_tree(returned, job.result_bytes)
        type_name = type(returned).__name__[:200]
        observed = watch.observed()
        facts = measured.all(function, given)
        # Last: a model that `lookalikes` trains, or an input that it writes to, is not the entry point's doing.
        for name in job.extra_functions:
            extra_values[name] = serialize.to_tree(getattr(module, name)(*given), job.result_bytes)
    except BaseException as error:
        fallback_guard.examine(error)
        value, raised = None, exceptions.describe(error)
    return Reply(
        nonce=request.nonce,
        value=value,
        type=type_name,
        raised=raised,
        observed=observed,
        extra_values=extra_values,
        facts=facts,
    )
