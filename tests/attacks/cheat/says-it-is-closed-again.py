"""Claims once more that the layers are on, and then that it broke by the judge's own fault."""
# verdict: runtime_error

import sys

import numpy as np


def answer(x):
    box = sys.modules["judge_inside.child"]
    send, encode = box._write, box.wire.encode
    send(encode("sealed", {"layers": ["everything"]}))
    send(encode("layerfault", {"layer": "seccomp", "reason": "none of the submission's doing"}))
    send(encode("broken", {"reason": "the judge is at fault"}))
    return np.asarray(x)
