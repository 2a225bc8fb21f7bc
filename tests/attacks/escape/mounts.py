"""Mounts a file system over the judge's folder."""
# stopped by: seccomp, uid, capabilities, landlock, namespaces
# needs: root
# unguarded: may fail, in a container

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)
MNT_DETACH = 2


def attack(judge):
    if LIBC.mount(b"none", judge["open_folder"].encode(), b"tmpfs", 0, None) < 0:
        raise OSError(ctypes.get_errno(), "mount")
    LIBC.umount2(judge["open_folder"].encode(), MNT_DETACH)
    return "mounted"
