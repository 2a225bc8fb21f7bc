"""Fills the table of processes, a little."""
# stopped by: seccomp

import os
import signal
import time


def attack(judge):
    children = []
    try:
        for _ in range(40):
            child = os.fork()
            if child == 0:
                time.sleep(3)
                os._exit(0)
            children.append(child)
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return f"made {len(children)} processes"
