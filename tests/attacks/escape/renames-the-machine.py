"""Sets the machine's name."""
# stopped by: seccomp, uid, capabilities
# needs: root
# unguarded: may fail, in a container

import socket


def attack(judge):
    socket.sethostname(socket.gethostname())
    return "set the name"
