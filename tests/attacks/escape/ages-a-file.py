"""Changes the time of a file of the judge; Landlock does not look at times."""
# stopped by: namespaces, seccomp, uid

import os


def attack(judge):
    os.utime(judge["victim"], (0, 0))
    return "changed a time"
