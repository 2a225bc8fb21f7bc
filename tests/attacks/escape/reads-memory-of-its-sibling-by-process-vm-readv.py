"""Copies another submission's memory with process_vm_readv."""
# stopped by: landlock, seccomp
# unguarded: may fail for an ordinary user, whose zygote nobody may look into

import ctypes
import struct

LIBC = ctypes.CDLL(None, use_errno=True)


def attack(judge):
    buffer = ctypes.create_string_buffer(16)
    here = struct.pack("QQ", ctypes.addressof(buffer), 16)
    there = struct.pack("QQ", judge["address"], 16)
    if LIBC.process_vm_readv(judge["sibling"], here, 1, there, 1, 0) < 0:
        raise OSError(ctypes.get_errno(), "process_vm_readv")
    return f"read {buffer.raw!r}"
