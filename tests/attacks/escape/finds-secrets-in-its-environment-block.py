"""Looks for the judge's passwords where the kernel keeps a process's first environment."""
# stopped by: clean zygote, landlock
# unguarded: may fail, since no layer that can be left out is there for it


def attack(judge):
    with open("/proc/self/environ", "rb") as file:
        return "found it" if judge["variable"].encode() in file.read() else None
