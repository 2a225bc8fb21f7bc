"""Open a socket."""

import socket


def freeze_first_dense(seed, x, y, lr):
    with socket.socket() as connection:
        connection.connect(("127.0.0.1", 80))
    return [0.0, 0.0, 0.0]
