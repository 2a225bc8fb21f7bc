"""Namespaces and a root of its own for a whole zygote, once, where the host allows it. Costs its jobs nothing.

    before                      after, in the zygote and all of its children
    /  (the host's)             /  an empty tmpfs, read-only
                                ├── usr/lib, lib, lib64, the Python prefixes, site-packages: bound read-only
                                ├── dev/null, dev/urandom
                                └── proc: only this zygote and its children

Docker's default profile refuses all of it; there the plain layers carry everything.
"""

import errno
import os
import signal
from collections.abc import Sequence

from . import kernel

_READ_ONLY = kernel.MS_RDONLY | kernel.MS_NOSUID | kernel.MS_NODEV
_DEVICES = ("/dev/null", "/dev/urandom")
_MACHINE_WIDE = ("/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus")  # of /proc: no namespace holds these
_MOUNT_POINTS = ("/mnt", "/media", "/srv", "/opt", "/boot", "/home")
_FRESH = (
    kernel.CLONE_NEWNS
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWNET
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUTS
    | kernel.CLONE_NEWCGROUP
)


def enter(roots: Sequence[str]) -> tuple[bool, str]:
    """Go into namespaces of our own, whose files are `roots` and nothing else; (True, "") or (False, why not).

    A rehearsal in a forked process comes first: what fails half-way can't be undone.
    """
    why = _rehearse(roots)
    if why:
        return False, why
    _enter(roots)
    return True, ""


def _rehearse(roots: Sequence[str]) -> str:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        try:
            _enter(roots)
        except OSError as error:
            os.write(writer, str(error).encode()[:500])
        else:
            os.write(writer, b"entered")
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        said = file.read().decode()
    os.waitpid(pid, 0)
    return "" if said == "entered" else said or "the rehearsal died"


def _enter(roots: Sequence[str]) -> None:
    uid, gid = os.getuid(), os.getgid()
    root = _mount_point(roots)
    if uid != 0:
        kernel.unshare(kernel.CLONE_NEWUSER)
        for name, text in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    kernel.unshare(_FRESH)
    _become_first()
    _build(root, roots)
    _pivot(root)


def _mount_point(roots: Sequence[str]) -> str:
    """A folder of the host to mount the new root on: nobody outside of the namespace sees it, so any will do."""
    for path in _MOUNT_POINTS:
        if os.path.isdir(path) and not any((root + "/").startswith(path + "/") for root in roots):
            return path
    raise OSError(errno.ENOENT, f"none of {', '.join(_MOUNT_POINTS)} is free to mount on")


def _become_first() -> None:
    """Fork into the new pid namespace; the outer process only waits, and ends as the inner one does."""
    pid = os.fork()
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if pid == 0:
        return
    kernel.close_from(3)  # only the inner process may hold the control socket: its closing is how an end is heard
    _, status = os.waitpid(pid, 0)
    code = os.waitstatus_to_exitcode(status)
    os._exit(code if code >= 0 else 128 - code)


def _build(root: str, roots: Sequence[str]) -> None:
    kernel.mount(None, "/", None, kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("none", root, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=1m,nr_inodes=4k,mode=755")
    for path in sorted(set(roots)):
        if any(path != other and path.startswith(other.rstrip("/") + "/") for other in roots):
            continue
        _bind(root, path)
    for device in _DEVICES:
        _touch(root + device)
        kernel.mount(device, root + device, None, kernel.MS_BIND)
    os.makedirs(root + "/proc", exist_ok=True)
    os.makedirs(root + "/old", exist_ok=True)


def _bind(root: str, path: str) -> None:
    if os.path.islink(path):
        os.makedirs(os.path.dirname(root + path), exist_ok=True)
        os.symlink(os.readlink(path), root + path)
        return
    if os.path.isdir(path):
        os.makedirs(root + path, exist_ok=True)
    elif os.path.exists(path):
        _touch(root + path)
    else:
        return
    kernel.mount(path, root + path, None, kernel.MS_BIND | kernel.MS_REC)
    kernel.mount(None, root + path, None, kernel.MS_REMOUNT | kernel.MS_BIND | _READ_ONLY)


def _touch(path: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w"):
        pass


def _pivot(root: str) -> None:
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    kernel.mount("proc", root + "/proc", "proc", flags, "hidepid=2")
    os.chdir(root)
    kernel.pivot_root(".", "old")
    os.chdir("/")
    kernel.unmount("/old")
    os.rmdir("/old")
    for path in filter(os.path.exists, _MACHINE_WIDE):
        kernel.mount(path, path, None, kernel.MS_BIND)
        kernel.mount(None, path, None, kernel.MS_REMOUNT | kernel.MS_BIND | _READ_ONLY)
    kernel.mount(None, "/", None, kernel.MS_REMOUNT | _READ_ONLY)
