"""Opens the keyring of its session, which all processes of a user may share."""
# stopped by: seccomp
# machine: x86_64
# unguarded: may fail, where the kernel has none

import ctypes

LIBC = ctypes.CDLL(None, use_errno=True)
SYS_KEYCTL, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING = 250, 0, -3


def attack(judge):
    if LIBC.syscall(SYS_KEYCTL, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 1) < 0:
        raise OSError(ctypes.get_errno(), "keyctl")
    return "has a keyring"
