"""Removes a file of the judge."""
# stopped by: namespaces, landlock, seccomp

import os


def attack(judge):
    os.unlink(judge["victim"])
    return "removed a file"
