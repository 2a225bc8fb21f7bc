"""Asks whether a signal to every process would reach one."""
# stopped by: seccomp

import os


def attack(judge):
    os.kill(-1, 0)
    return "kill(-1) would reach others"
