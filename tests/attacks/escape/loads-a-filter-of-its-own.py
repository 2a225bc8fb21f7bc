"""Loads another filter of system calls, in the hope that it counts more than the judge's."""
# stopped by: seccomp
# unguarded: may fail, without no_new_privs

import ctypes
import struct

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_SECCOMP, FILTER, RETURN, ALLOW = 22, 2, 0x06, 0x7FFF0000


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def attack(judge):
    program = Program(1, struct.pack("HBBI", RETURN, 0, 0, ALLOW))
    if LIBC.prctl(PR_SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "prctl")
    return "loaded a filter"
