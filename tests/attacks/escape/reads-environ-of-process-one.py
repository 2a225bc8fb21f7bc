"""Reads the environment of process 1, which in a container holds its settings and passwords."""
# stopped by: landlock, uid
# unguarded: may fail, where process 1 is above root

import os


def attack(judge):
    if os.getpid() == 1:
        return None
    with open("/proc/1/environ", "rb") as file:
        return f"read {file.read(40)!r}"
