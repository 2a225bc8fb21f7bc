"""Evidence in files, one wire frame each: written whole or not at all, and read as if anybody had written it."""

import struct
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from judge.evidence import Evidence, Observed
from judge.inside import wire

MAX_FILE_BYTES = 1 << 30


def keep(path: Path, evidence: tuple[Evidence, ...]) -> int:
    """Write the file; its bytes."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    data = wire.encode("expected", [_tree(entry) for entry in evidence])
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
    """The evidence of `count` cases; None where the file is not there, or damaged: then the reference runs again."""
    try:
        data = path.read_bytes()
        header, _ = wire.sizes(data[: wire.PREFIX.size], MAX_FILE_BYTES)
        start = wire.PREFIX.size
        _, trees = wire.decode(data[start : start + header], data[start + header :])
        evidence = tuple(_evidence(tree) for tree in trees)
    except (OSError, ValueError, KeyError, TypeError, struct.error):
        return None
    return evidence if len(evidence) == count else None


def _tree(evidence: Evidence) -> dict[str, Any]:
    return {
        "value": evidence.value,
        "type": evidence.type_name,
        "also": dict(evidence.also),
        "facts": dict(evidence.facts),
        "observed": [{name: dict(leaves) for name, leaves in vars(entry).items()} for entry in evidence.observed],
        "time_ms": evidence.time_ms,
    }


def _evidence(tree: Mapping[str, Any]) -> Evidence:
    return Evidence(
        value=tree["value"],
        type_name=tree["type"],
        also=tree["also"],
        facts=tree["facts"],
        observed=tuple(Observed(**entry) for entry in tree["observed"]),
        time_ms=tree["time_ms"],
    )
