"""Sets the priority of the process that it was forked from."""
# stopped by: seccomp, uid

import os


def attack(judge):
    parent = os.getppid()
    os.setpriority(os.PRIO_PROCESS, parent, os.getpriority(os.PRIO_PROCESS, parent))
    return "set the parent's priority"
