"""Sends a signal to another submission."""
# stopped by: landlock, seccomp

import os
import signal


def attack(judge):
    os.kill(judge["sibling"], signal.SIGURG)
    return "signalled the sibling"
