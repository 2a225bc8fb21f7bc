"""Names the program that the kernel runs, as root, when a process crashes."""
# stopped by: namespaces, landlock, seccomp, uid
# needs: root
# unguarded: may fail, where /proc/sys is read-only

import os


def attack(judge):
    os.close(os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY))
    return "may write the core pattern"
