"""Makes a named pipe between this submission and the next."""
# stopped by: namespaces, landlock, seccomp

import os


def attack(judge):
    os.mkfifo(f"/tmp/{judge['mark']}")
    return "made a fifo"
