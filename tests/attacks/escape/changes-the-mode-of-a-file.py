"""Opens a file of the judge for everybody; Landlock does not look at modes."""
# stopped by: namespaces, seccomp, uid

import os


def attack(judge):
    os.chmod(judge["victim"], 0o777)
    return "changed a mode"
