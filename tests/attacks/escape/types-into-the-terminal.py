"""Types into the operator's terminal."""
# stopped by: seccomp, fds, session
# unguarded: may fail, where there is no terminal

import fcntl

TIOCSTI = 0x5412


def attack(judge):
    fcntl.ioctl(0, TIOCSTI, b"x")
    return "typed"
