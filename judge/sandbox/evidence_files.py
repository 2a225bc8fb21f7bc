"""Evidence in files: written whole or not at all, and checked when it is read.

SHA-256 of the rest, 32 bytes; one wire frame
"""

import hashlib
import os
import struct
import tempfile
from contextlib import suppress
from pathlib import Path

from judge.evidence import Evidence
from judge.inside import wire

MAX_FILE_BYTES = 1 << 30
CHECKSUM_BYTES = hashlib.sha256().digest_size


def keep(path: Path, evidence: tuple[Evidence, ...]) -> int:
    """Write the file; return its size in bytes."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    frame = wire.encode("expected", [entry.to_tree() for entry in evidence])
    data = hashlib.sha256(frame).digest() + frame
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        Path(name).replace(path)  # readers see the whole file or none
    except BaseException:
        Path(name).unlink(missing_ok=True)  # a disk that is full stays no fuller
        raise
    return len(data)


def prune(folder: Path, limit: int) -> None:
    """Delete the files used longest ago, until `limit` bytes hold the rest; those of chosen seeds go first."""
    with suppress(OSError):  # another process tidies up too
        found = [(path, path.stat()) for path in folder.glob("*/*.frame")]
        excess = sum(stat.st_size for _, stat in found) - limit
        for path, stat in sorted(
            found, key=lambda each: (each[0].name.startswith(("0-", "public-")), each[1].st_mtime)
        ):
            if excess <= 0:
                break
            path.unlink(missing_ok=True)
            excess -= stat.st_size


def read(path: Path, count: int) -> tuple[Evidence, ...] | None:
    """Return the evidence of `count` cases, or None for a missing or damaged file: the reference runs again."""
    try:
        content = path.read_bytes()
        checksum, data = content[:CHECKSUM_BYTES], content[CHECKSUM_BYTES:]
        if hashlib.sha256(data).digest() != checksum:
            return None
        header, _ = wire.sizes(data[: wire.PREFIX.size], MAX_FILE_BYTES)
        start = wire.PREFIX.size
        _, trees = wire.decode(data[start : start + header], data[start + header :])
        evidence = tuple(Evidence.from_tree(tree) for tree in trees)  # type: ignore[union-attr, arg-type]
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return None
    return evidence if len(evidence) == count else None
