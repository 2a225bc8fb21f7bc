"""Plants a link that the judge might follow when it writes."""
# stopped by: namespaces, landlock, seccomp

import os


def attack(judge):
    os.symlink("/etc/passwd", f"{judge['open_folder']}/{judge['mark']}")
    return "made a link"
