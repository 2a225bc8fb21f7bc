"""Sets a resource limit of the process that it was forked from."""
# stopped by: seccomp, uid
# unguarded: may fail for an ordinary user, whose zygote nobody may look into

import os
import resource


def attack(judge):
    parent = os.getppid()
    resource.prlimit(parent, resource.RLIMIT_CORE, resource.prlimit(parent, resource.RLIMIT_CORE))
    return "set the parent's limits"
