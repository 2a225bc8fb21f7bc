"""Locks a library's file, to stop or to talk to other submissions that have it open too."""
# stopped by: seccomp

import fcntl
import os

import numpy


def attack(judge):
    fcntl.flock(os.open(numpy.__file__, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
    return "locked numpy's file"
