"""Leaves a mark wherever the next submission might look, and looks for the mark of the last."""
# verdict: wrong_answer

import builtins
import gc
import os
import sys
import threading

import jax
import numpy as np

MARK = "judge_mark_of_the_last"
PLACES = (builtins, sys, os, np, jax, threading, sys.modules["judge_inside.call"], sys.modules["judge_inside.child"])


def found():
    yield from (place.__name__ for place in PLACES if hasattr(place, MARK))
    yield from (name for name in os.environ if name == MARK)
    yield from (str(thing)[:60] for thing in gc.get_objects() if type(thing) is dict and MARK + "!" in thing)
    for path in (f"/tmp/{MARK}", f"/dev/shm/{MARK}", MARK):
        if os.access(path, os.F_OK):
            yield path


def answer(x):
    global KEPT
    for place in list(found()):
        print("FOUND", place)
    for place in PLACES:
        setattr(place, MARK, 1)
    os.environ[MARK] = "1"
    KEPT = {MARK + "!": 1}
    sys.modules[MARK] = sys
    for path in (f"/tmp/{MARK}", f"/dev/shm/{MARK}", MARK):
        try:
            with open(path, "w"):
                pass
        except OSError:
            continue
    for place in PLACES:
        delattr(place, MARK) if len(sys.argv) > 99 else None
    return np.asarray(x)
