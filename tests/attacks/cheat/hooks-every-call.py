"""Watches every call in its process, to change the judge's own on the way."""
# verdict: wrong_answer, runtime_error

import sys

import numpy as np


def answer(x):
    def hook(frame, event, argument):
        for name in ("reply", "value", "tree"):
            if name in frame.f_locals and isinstance(frame.f_locals[name], dict):
                frame.f_locals[name]["verdict"] = "accepted"
        return hook

    sys.setprofile(lambda *arguments: hook(*arguments) and None)
    sys.settrace(hook)
    return np.asarray(x)
