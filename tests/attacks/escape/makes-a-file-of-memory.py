"""Keeps data in a file of memory that no resource limit of data counts."""
# stopped by: seccomp, rlimits

import os


def attack(judge):
    os.write(os.memfd_create("x"), b"x" * (1 << 20))
    return "1 MiB in a memory file"
