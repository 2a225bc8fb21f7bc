"""Makes a device node, the way to a disk's raw blocks."""
# stopped by: namespaces, landlock, seccomp, uid, capabilities
# needs: root

import os


def attack(judge):
    path = f"/tmp/{judge['mark']}"
    os.mknod(path, 0o20666, os.makedev(1, 3))
    os.unlink(path)
    return "made a device"
