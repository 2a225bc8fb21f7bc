"""Reads the memory of the process that it was forked from, through /proc."""
# stopped by: landlock, uid
# unguarded: may fail for an ordinary user, whose zygote nobody may look into

import os


def attack(judge):
    parent = os.getppid()
    with open(f"/proc/{parent}/maps") as file:
        address = int(file.readline().split("-")[0], 16)
    with open(f"/proc/{parent}/mem", "rb", 0) as file:
        file.seek(address)
        return f"read {file.read(8)!r}"
