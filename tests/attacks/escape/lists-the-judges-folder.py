"""Lists the folder that the problems lie in."""
# stopped by: namespaces, landlock

import os


def attack(judge):
    return f"found {os.listdir(judge['folder'])}"
