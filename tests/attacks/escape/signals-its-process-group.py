"""Sends a signal to its whole process group, which without a session of its own is the zygote's."""
# stopped by: seccomp, session

import os
import signal


def attack(judge):
    os.killpg(0, signal.SIGURG)
    return "signalled others" if os.getpgrp() != os.getpid() else None
