"""Claims once more that the layers are on, and then that it broke by the judge's own fault."""
# verdict: runtime_error

import sys

import numpy as np


def answer(x):
    box = sys.modules["judge_inside.child"]
    box._send(box.Sealed(layers=("everything",)))
    box._send(box.LayerFailed(layer="seccomp", reason="none of the submission's doing"))
    box._send(box.Broken(reason="the judge is at fault"))
    return np.asarray(x)
