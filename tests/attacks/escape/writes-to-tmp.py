"""Writes a file that the next submission could read."""
# stopped by: namespaces, landlock, seccomp

import os


def attack(judge):
    path = f"/tmp/{judge['mark']}"
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o666))
    return f"made {path}"
