"""Makes a pair of sockets, over which descriptors can be handed on."""
# stopped by: seccomp

import socket


def attack(judge):
    socket.socketpair()
    return "made sockets"
