"""Sets the machine's clock, to change how long it took."""
# stopped by: seccomp, uid, capabilities
# needs: root
# unguarded: may fail, in a container

import time


def attack(judge):
    time.clock_settime(time.CLOCK_REALTIME, time.clock_gettime(time.CLOCK_REALTIME))
    return "set the clock"
