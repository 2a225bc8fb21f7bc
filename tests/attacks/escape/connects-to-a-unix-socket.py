"""Connects to a service through its socket file."""
# stopped by: namespaces, seccomp

import socket


def attack(judge):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(judge["unix_socket"])
    return "connected"
