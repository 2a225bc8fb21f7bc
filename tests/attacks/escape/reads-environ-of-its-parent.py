"""Reads the environment of the process that it was forked from."""
# stopped by: landlock, uid
# unguarded: may fail for an ordinary user, whose zygote nobody may look into

import os


def attack(judge):
    with open(f"/proc/{os.getppid()}/environ", "rb") as file:
        return f"read {file.read(40)!r}"
