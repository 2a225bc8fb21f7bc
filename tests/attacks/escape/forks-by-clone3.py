"""Makes a process with clone3, whose flags lie where no filter can look."""
# stopped by: seccomp

import ctypes
import os
import signal
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
SYS_CLONE3 = 435


def attack(judge):
    arguments = struct.pack("8Q", 0, 0, 0, 0, int(signal.SIGCHLD), 0, 0, 0)
    child = LIBC.syscall(SYS_CLONE3, arguments, len(arguments))
    if child < 0:
        raise OSError(ctypes.get_errno(), "clone3")
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return "forked"
