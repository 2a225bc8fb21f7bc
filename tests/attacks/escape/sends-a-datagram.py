"""Sends the cases out by UDP, to which Landlock does not listen."""
# stopped by: namespaces, seccomp

import socket


def attack(judge):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.connect(("127.0.0.1", judge["udp_port"]))
        sender.send(b"the hidden cases")
    return "sent"
