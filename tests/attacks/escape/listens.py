"""Waits for a connection from outside."""
# stopped by: landlock, seccomp

import socket


def attack(judge):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
    return "listened"
