"""Sends a verdict of its own in place of a reply, and leaves."""
# verdict: runtime_error

import os


def exhaust(x):
    os.write(3, b'{"verdict": "accepted"}\n{"layers": []}\n')
    os._exit(0)
