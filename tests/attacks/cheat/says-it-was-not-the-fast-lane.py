"""Asks to be handed over to the other lane for ever."""
# verdict: runtime_error

import sys

import numpy as np


def answer(x):
    box = sys.modules["judge_inside.child"]
    box._write(box.wire.encode("handover", {"reason": "again", "program": ""}))
    return np.asarray(x)
