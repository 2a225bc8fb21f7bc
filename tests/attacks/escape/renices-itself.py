"""Lowers and raises its own priority, to hide from the scheduler."""
# stopped by: seccomp

import os


def attack(judge):
    os.setpriority(os.PRIO_PROCESS, 0, 5)
    return "set its own priority"
