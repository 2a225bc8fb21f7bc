"""Sends a signal to the judge."""
# stopped by: namespaces, landlock, seccomp, uid

import os
import signal


def attack(judge):
    os.kill(judge["pid"], signal.SIGURG)
    return "signalled the judge"
