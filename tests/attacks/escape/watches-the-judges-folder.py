"""Asks the kernel to be told whenever the judge touches one of its files."""
# stopped by: namespaces, seccomp

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)
IN_ALL_EVENTS = 0xFFF


def attack(judge):
    watcher = LIBC.inotify_init()
    if watcher < 0 or LIBC.inotify_add_watch(watcher, judge["folder"].encode(), IN_ALL_EVENTS) < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    return "watches the judge's folder"
