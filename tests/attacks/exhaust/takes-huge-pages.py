"""Takes pages of the host's stock of huge ones, which are no part of a process's resident memory."""
# verdict: runtime_error

import mmap

HUGE = 0x40000


def exhaust(x):
    memory = mmap.mmap(-1, 1 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | HUGE)
    for place in range(0, 1 << 30, 1 << 21):
        memory[place] = 1
