"""Give every slot of every judge of this host a user of its own, kept as long as the slot.

A user is taken by a name in the kernel's list of abstract sockets, which every process of one network sees and which
is free again when its owner has ended. Judges in two containers don't see each other's names: they begin
at different places, and should they meet nothing is lost but a second lock, since the limit of a user's threads
(judge.inside.layers) has room for several slots, and processes of two containers can't see each other.
"""

import errno
import os
import secrets
import socket
import sys
import threading
from pathlib import Path

from judge.errors import HostShortage
from judge.inside.messages import ZygoteInfo

FIRST_UID, LAST_UID = 64100, 65500  # high and unusual, and inside of what a user namespace usually holds
_NAME = "\0judge-user-{uid}"
_START = secrets.randbelow(LAST_UID - FIRST_UID)  # not by process id: in every container that is 1


class SlotUsers:
    """The users of one pool's slots."""

    def __init__(self) -> None:
        self._taken: dict[int, tuple[int, socket.socket]] = {}  # by slot
        self._lock = threading.Lock()

    def of(self, slot: int) -> int:
        """Return the user of `slot`, the same each time. Raises HostShortage where all are taken."""
        with self._lock:
            if slot not in self._taken:
                self._taken[slot] = take()
            return self._taken[slot][0]

    def close(self) -> None:
        """Give all of them back."""
        with self._lock:
            for _, name in self._taken.values():
                name.close()
            self._taken.clear()


def take() -> tuple[int, socket.socket]:
    """Return a user that is free on this host, and the name that keeps it while open. Raises HostShortage."""
    count = LAST_UID - FIRST_UID
    for step in range(count):
        uid = FIRST_UID + (_START + step) % count
        name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            name.bind(_NAME.format(uid=uid))
        except OSError as error:
            name.close()
            if error.errno != errno.EADDRINUSE:
                raise HostShortage(f"no user for a slot: {error}") from error
        else:
            return uid, name
    raise HostShortage(f"all users from {FIRST_UID} to {LAST_UID} belong to slots of other judges")


def can_change(info: ZygoteInfo) -> bool:
    """Return True if jobs of a zygote can become other users.

    They can't where we are not root, nor where another user could not read Python's own files: a root's interpreter
    under /root, without a mount namespace that puts them elsewhere.
    """
    if os.getuid() != 0:
        return False
    return info.namespaces or _readable_by_others(Path(sys.prefix), Path(sys.base_prefix))


def _readable_by_others(*folders: Path) -> bool:
    return all(
        place.stat().st_mode & 0o001 for folder in folders for place in (folder.resolve(), *folder.resolve().parents)
    )
