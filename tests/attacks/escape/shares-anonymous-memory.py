"""Maps shared memory without a file, which RLIMIT_DATA does not count."""
# stopped by: seccomp

import mmap


def attack(judge):
    mmap.mmap(-1, 4096)
    return "mapped shared memory"
