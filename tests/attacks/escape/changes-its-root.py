"""Makes another folder its root, the first step of a known way out of one."""
# stopped by: seccomp, uid, capabilities
# needs: root

import os


def attack(judge):
    os.chroot("/")
    return "changed its root"
