"""Makes System V semaphores, of which a machine has only so many."""
# stopped by: seccomp

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)


def attack(judge):
    semaphores = LIBC.semget(0, 1, 0o1600)
    if semaphores < 0:
        raise OSError(ctypes.get_errno(), "semget")
    LIBC.semctl(semaphores, 0, 0)
    return "made semaphores"
