"""Forks."""
# stopped by: seccomp

import os


def attack(judge):
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return "forked"
