"""Runs a program that belongs to root and may become root."""
# stopped by: landlock, seccomp, namespaces

import os


def attack(judge):
    child = os.posix_spawn("/bin/su", ["su", "--version"], {})
    _, status = os.waitpid(child, 0)
    if status:
        raise OSError(status, "su did not run")
    return "ran su"
