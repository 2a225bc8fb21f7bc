"""Makes a map for programs that run inside the kernel."""
# stopped by: seccomp, uid, capabilities
# machine: x86_64
# needs: root
# unguarded: may fail, where the kernel has none

import ctypes
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
SYS_BPF = 321
BPF_MAP_CREATE, BPF_MAP_TYPE_ARRAY = 0, 2


def attack(judge):
    attributes = ctypes.create_string_buffer(struct.pack("IIII", BPF_MAP_TYPE_ARRAY, 4, 4, 1), 116)
    if LIBC.syscall(SYS_BPF, BPF_MAP_CREATE, attributes, 116) < 0:
        raise OSError(ctypes.get_errno(), "bpf")
    return "has a BPF map"
