"""Sends a signal through a descriptor of the judge's process."""
# stopped by: namespaces, landlock, seccomp, uid

import os
import signal


def attack(judge):
    signal.pidfd_send_signal(os.pidfd_open(judge["pid"]), signal.SIGURG)
    return "signalled the judge"
