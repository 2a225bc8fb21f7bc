"""Asks the kernel to kill somebody else when memory runs out."""
# stopped by: landlock, seccomp
# unguarded: may fail for an ordinary user, whose zygote nobody may look into

import os


def attack(judge):
    descriptor = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    os.write(descriptor, b"500")
    return "is killed later"
