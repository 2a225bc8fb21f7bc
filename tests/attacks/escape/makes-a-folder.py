"""Makes a folder."""
# stopped by: namespaces, landlock, seccomp

import os


def attack(judge):
    os.mkdir(f"/tmp/{judge['mark']}")
    return "made a folder"
