"""Processes as /proc shows them: descendants, their memory, their end."""

import time
from pathlib import Path

Child = tuple[int, int]  # pid, and when it started: a pid alone may be somebody else's by now


def children(pid: int) -> list[Child]:
    """Return every descendant of a process, parents before their children."""
    parents: dict[int, list[Child]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        if fields := _fields(int(entry.name)):
            parents.setdefault(int(fields[1]), []).append((int(entry.name), int(fields[19])))
    found, pending = [], [pid]
    while pending:
        mine = parents.get(pending.pop(), [])
        found += mine
        pending += [child for child, _ in mine]
    return found


def descendants(pid: int) -> list[int]:
    """Return the pids of every descendant of a process."""
    return [child for child, _ in children(pid)]


def process_line(pid: int) -> tuple[int, str]:
    """Return a process's parent and command line; (0, "") for one that is gone."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return 0, ""
    fields = _fields(pid)
    return (int(fields[1]), words) if fields else (0, "")


def describe(child: Child) -> str:
    """Return what a process is, for a message."""
    try:
        words = Path(f"/proc/{child[0]}/cmdline").read_text().replace("\0", " ").strip()
        status = Path(f"/proc/{child[0]}/status").read_text()
    except OSError:
        return f"{child[0]}: gone"
    state = [line for line in status.splitlines() if line.startswith(("State", "PPid"))]
    return f"{child[0]}: {words or '(no command line)'} {state}"


def gone(child: Child, seconds: float) -> bool:
    """Return whether a process ends within so many seconds; a zombie counts as ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        fields = _fields(child[0])
        if not fields or int(fields[19]) != child[1] or fields[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def resident_mib(pid: int) -> float:
    """Return the resident memory of one process, in MiB."""
    [row] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(row.split()[1]) / 1024


def _fields(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on: state, parent ... start; [] if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
