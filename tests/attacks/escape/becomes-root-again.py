"""Takes back the user that the judge had when it started."""
# stopped by: seccomp, uid
# needs: root

import os


def attack(judge):
    os.setresuid(0, 0, 0)
    return "is root"
