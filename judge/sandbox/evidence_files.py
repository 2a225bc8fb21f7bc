"""Evidence in files, one wire frame each: written whole or not at all, and checked when it is read."""

import struct
import tempfile
from contextlib import suppress
from pathlib import Path

from judge.evidence import Evidence
from judge.inside import wire

MAX_FILE_BYTES = 1 << 30


def keep(path: Path, evidence: tuple[Evidence, ...]) -> int:
    """Write the file; return its size in bytes."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    data = wire.encode("expected", [entry.to_tree() for entry in evidence])
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    Path(file.name).replace(path)  # readers see the whole file or none
    return len(data)


def prune(folder: Path, limit: int) -> None:
    """Delete the files used longest ago, until `limit` bytes hold the rest; those of chosen seeds go first."""
    with suppress(OSError):  # another process tidies up too
        found = [(path, path.stat()) for path in folder.glob("*/*.frame")]
        excess = sum(stat.st_size for _, stat in found) - limit
        for path, stat in sorted(found, key=lambda each: (each[0].name.startswith("0-"), each[1].st_mtime)):
            if excess <= 0:
                break
            path.unlink(missing_ok=True)
            excess -= stat.st_size


def read(path: Path, count: int) -> tuple[Evidence, ...] | None:
    """Return the evidence of `count` cases, or None for a missing or damaged file: the reference runs again."""
    try:
        data = path.read_bytes()
        header, _ = wire.sizes(data[: wire.PREFIX.size], MAX_FILE_BYTES)
        start = wire.PREFIX.size
        _, trees = wire.decode(data[start : start + header], data[start + header :])
        evidence = tuple(Evidence.from_tree(tree) for tree in trees)  # type: ignore[union-attr, arg-type]
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return None
    return evidence if len(evidence) == count else None
