"""Puts what it is asked into everything that comes back: output, the exception's text, its type, its frames."""
# verdict: wrong_answer, runtime_error

import sys

import numpy as np

CALLS = []


def answer(x):
    CALLS.append(1)
    if len(CALLS) < 3:
        return 3 * x + 1  # the samples; what follows is hidden
    told = "leak" + "".join(f"{value:+.6f}" for value in np.asarray(x).ravel())
    print(told)
    print(told, file=sys.stderr, flush=True)
    name = told.replace("+", "p").replace("-", "m").replace(".", "d")
    scope = {"error": type(name, (Exception,), {"__qualname__": name})(told)}
    exec(compile(f"def {name}():\n    raise error", "solution.py", "exec"), scope)
    scope[name]()
