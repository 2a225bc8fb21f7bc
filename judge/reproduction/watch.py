"""Calls a function, and watches the models for which it builds an nnx.Optimizer. `repro.py` holds these functions."""

from typing import Any


def watched(function: Any, arguments: Any) -> dict[str, Any]:
    """Return the call of `function`, as `differences` takes it."""
    from flax import nnx

    built = []
    original = nnx.Optimizer.__init__

    def init(self: Any, model: Any, *rest: Any, **named: Any) -> None:
        original(self, model, *rest, **named)
        built.append((self, model, leaves(nnx.state(model))))

    nnx.Optimizer.__init__ = init
    try:
        value = function(*arguments)
    finally:
        nnx.Optimizer.__init__ = original
    models = [
        {
            "before": before,
            "after": leaves(nnx.state(model)),
            "state": leaves({"step": optimizer.step, "opt_state": optimizer.opt_state}),
        }
        for optimizer, model, before in built
    ]
    return {"value": value, "models": models}


def leaves(tree: Any) -> dict[str, Any]:
    """Return the arrays of a tree by their paths, as `l1.kernel`; without those that can't be read."""
    from contextlib import suppress

    import jax
    import numpy as np

    found = {}
    for path, leaf in jax.tree_util.tree_flatten_with_path(tree)[0]:
        names = [str(getattr(key, "key", getattr(key, "idx", getattr(key, "name", key)))) for key in path]
        if names[-1] in ("value", "raw_value"):
            names.pop()
        name = ".".join(each.replace(".", "\\.") for each in names).removeprefix("opt_state.")
        with suppress(Exception):  # a tracer, or a buffer that was given away
            found[name] = np.array(leaf)
    return found
