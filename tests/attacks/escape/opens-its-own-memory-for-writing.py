"""Opens its own memory for writing, the way around read-only pages."""
# stopped by: landlock, seccomp
# unguarded: may fail for an ordinary user, whose zygote nobody may look into

import os


def attack(judge):
    os.open("/proc/self/mem", os.O_RDWR)
    return "opened its memory"
