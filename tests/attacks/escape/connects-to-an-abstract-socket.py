"""Connects to a service through a socket that has a name and no file."""
# stopped by: namespaces, landlock, seccomp

import socket


def attack(judge):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + judge["abstract_socket"])
    return "connected"
