"""Fills the disk."""
# stopped by: namespaces, landlock, seccomp, rlimits

import os


def attack(judge):
    path = f"/tmp/{judge['mark']}"
    try:
        with open(path, "wb") as file:
            file.writelines(b"x" * (1 << 20) for _ in range(32))
        return "wrote 32 MiB to /tmp"
    finally:
        if os.path.exists(path):
            os.unlink(path)
