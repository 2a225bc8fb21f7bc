"""Cuts a file of the judge to nothing, without opening it."""
# stopped by: namespaces, landlock, seccomp

import os


def attack(judge):
    os.truncate(judge["victim"], 0)
    return "emptied a file"
