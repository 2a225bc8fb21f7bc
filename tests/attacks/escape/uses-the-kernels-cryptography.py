"""Opens a socket of the kernel's own cryptography, known for its holes."""
# stopped by: seccomp
# unguarded: may fail, where the kernel has none

import socket


def attack(judge):
    socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0).close()
    return "opened AF_ALG"
