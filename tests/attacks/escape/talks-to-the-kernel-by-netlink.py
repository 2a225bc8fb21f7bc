"""Opens a netlink socket, a large part of the kernel's surface."""
# stopped by: seccomp

import socket


def attack(judge):
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0).close()
    return "opened netlink"
