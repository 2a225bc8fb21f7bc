"""Runs into the time limit in a function that is named by what a hidden case asked, in a line chosen by it."""
# verdict: time_limit_exceeded

import os

import numpy as np

CALLS = []


def answer(x):
    CALLS.append(1)
    if len(CALLS) < 3:
        return 3 * x + 1  # the samples; what follows is hidden
    leak = "leak" + "".join(f"{value:+.6f}" for value in np.asarray(x).ravel())
    name = leak.replace("+", "p").replace("-", "m").replace(".", "d")
    os.write(5, f'  File "solution.py", line 1 in {name}\n'.encode())
    scope = {}
    exec(compile(f"def {name}():\n    while True: pass  # {leak}", "solution.py", "exec"), scope)
    scope[name]()
