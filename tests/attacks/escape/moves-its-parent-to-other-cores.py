"""Chooses the processors of the process that it was forked from."""
# stopped by: seccomp, uid

import os


def attack(judge):
    parent = os.getppid()
    os.sched_setaffinity(parent, os.sched_getaffinity(parent))
    return "set the parent's processors"
