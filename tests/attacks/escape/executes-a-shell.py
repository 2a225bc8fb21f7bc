"""Becomes a shell, without a new process."""
# stopped by: landlock, seccomp, namespaces

import os


def attack(judge):
    os.execv("/bin/sh", ["sh", "-c", f": > {judge['open_folder']}/{judge['mark']}"])
