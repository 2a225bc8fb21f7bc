"""Opens a library's file without any right, then reaches for it again through /proc to write."""
# stopped by: namespaces, landlock, seccomp, uid
# needs: root

import os

import numpy


def attack(judge):
    descriptor = os.open(numpy.__file__, os.O_PATH)
    os.close(os.open(f"/proc/self/fd/{descriptor}", os.O_WRONLY))
    return "opened a library for writing"
