"""Replaces every comparison of NumPy by yes."""
# verdict: wrong_answer, runtime_error

import numpy as np


def yes(*_, **__):
    return True


for name in ("allclose", "array_equal", "array_equiv", "isclose", "equal", "all", "any", "isfinite", "isnan"):
    setattr(np, name, yes)
np.testing.assert_allclose = yes
np.linalg.norm = lambda *_, **__: 0.0


def answer(x):
    return np.asarray(x)
