"""Looks for descriptors that the judge forgot to close."""
# verdict: wrong_answer
# stopped by: fds
# unguarded: may fail, since no layer that can be left out is there for it

import os

OURS = range(6)  # nothing, two outputs, replies, requests, the stack


def attack(judge):
    found = []
    for descriptor in range(1024):
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        if descriptor not in OURS:
            found.append(descriptor)
    return f"inherited {found}" if found else None
