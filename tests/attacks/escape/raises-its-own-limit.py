"""Moves its soft limit of CPU time up to the hard one."""
# stopped by: seccomp

import resource


def attack(judge):
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
    return "raised its limit"
