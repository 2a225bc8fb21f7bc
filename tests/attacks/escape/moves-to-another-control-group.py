"""Leaves the control group that its memory is counted in."""
# stopped by: landlock, seccomp, uid, namespaces
# needs: root
# unguarded: may fail, where there is none to write to

import os

GROUPS = ("/sys/fs/cgroup/memory/cgroup.procs", "/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/unified/cgroup.procs")


def attack(judge):
    fault = None
    for path in GROUPS:
        try:
            with open(path, "w") as file:
                file.write(str(os.getpid()))
        except OSError as error:
            fault = error
        else:
            return f"moved to {path}"
    raise fault
