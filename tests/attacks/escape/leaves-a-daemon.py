"""Leaves a process behind that goes on after the verdict."""
# stopped by: seccomp

import os
import time


def attack(judge):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        if os.fork() == 0:
            os.write(writer, str(os.getpid()).encode())
            time.sleep(2)
        os._exit(0)
    os.waitpid(child, 0)
    return f"daemon {os.read(reader, 20).decode()}"
