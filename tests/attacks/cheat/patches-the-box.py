"""Replaces the judge's own code in its process: how a value becomes bytes, and what is sent."""
# verdict: wrong_answer, runtime_error

import sys

import numpy as np

ACCEPTED = {"verdict": "accepted", "score": 1.0, "checks": [], "passed": True}
inside = {name.rpartition(".")[2]: module for name, module in sys.modules.items() if name.startswith("judge_inside.")}
inside["serialize"].to_tree = lambda value, limit: ACCEPTED
inside["serialize"]._Serializer.serialize = lambda self, value, depth: ACCEPTED
inside["exceptions"].describe = lambda error: None
inside["measurements"].Measurements.all = lambda self: ACCEPTED
inside["optimizers"].Watch.observed = lambda self: [ACCEPTED]


def answer(x):
    return np.asarray(x)
