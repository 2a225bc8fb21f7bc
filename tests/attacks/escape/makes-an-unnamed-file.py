"""Makes a file without a name, which no listing shows."""
# stopped by: namespaces, landlock, seccomp

import os


def attack(judge):
    os.open("/tmp", os.O_TMPFILE | os.O_RDWR)
    return "made an unnamed file"
