"""Asks for a real-time priority, which would starve the judge."""
# stopped by: seccomp, uid, capabilities
# unguarded: may fail for an ordinary user

import os


def attack(judge):
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    return "ran in real time"
