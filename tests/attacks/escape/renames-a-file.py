"""Puts a file of the judge elsewhere."""
# stopped by: namespaces, landlock, seccomp

import os


def attack(judge):
    os.rename(judge["victim"], f"{judge['open_folder']}/{judge['mark']}")
    return "renamed a file"
