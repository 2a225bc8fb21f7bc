"""Runs a program as any script would."""
# stopped by: landlock, seccomp, namespaces

import subprocess


def attack(judge):
    subprocess.run(["/bin/true"], check=True)
    return "ran /bin/true"
