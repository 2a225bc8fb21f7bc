"""Reads how the machine's other processes were started."""
# stopped by: namespaces, landlock

import os


def started(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        return b""


def attack(judge):
    own = started(os.getpid())
    others = [pid for pid in os.listdir("/proc") if pid.isdigit() and started(pid) not in (own, b"")]
    return f"sees {len(others)} processes" if others else None
