"""Compiled programs on disk, two packs a problem package: written by zygotes' warm-ups only, read by zygotes only.

<folder>/<runtime>/<package digest>.zip               what its warm-up runs
                   <package digest>.operations.zip    usual operations on arrays of the same shapes

<runtime> names versions and processor: machine code fits no other.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path


class PackKind(StrEnum):
    """The two packs of a package; the value is a part of the file's name."""

    PROGRAMS = ""
    OPERATIONS = ".operations"


class Packs:
    """The packs of one runtime. Submissions never see these files: programs reach them in their zygote's memory."""

    def __init__(self, folder: Path, runtime: str) -> None:
        self._folder = folder / runtime

    def has(self, package: str, kind: PackKind = PackKind.PROGRAMS) -> bool:
        """Return True if there is a pack of `package`, a digest."""
        return self._path(package, kind).exists()

    def note_use(self, package: str) -> None:
        """Remember that somebody judges a submission with the pack of `package` now."""
        with suppress(OSError):
            os.utime(self._path(package, PackKind.PROGRAMS))

    def last_used(self, packages: Iterable[str]) -> str | None:
        """Return which of `packages` has the pack that was made or used last; None where none has one."""
        times = {}
        for package in packages:
            with suppress(OSError):
                times[package] = self._path(package, PackKind.PROGRAMS).stat().st_mtime
        return max(times, key=times.__getitem__, default=None)

    @contextmanager
    def open(self, package: str, kind: PackKind = PackKind.PROGRAMS) -> Iterator[int | None]:
        """Yield a descriptor of the pack, None where there is none that can be read: programs are compiled then."""
        try:
            file = self._path(package, kind).open("rb")
        except OSError:
            yield None
            return
        with file:
            yield file.fileno()

    @contextmanager
    def fresh(self, package: str, kind: PackKind = PackKind.PROGRAMS) -> Iterator[int]:
        """Yield a descriptor of a new file, which becomes the pack of `package` if anything was written to it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=".new")
        try:
            yield descriptor
            if os.fstat(descriptor).st_size:
                Path(name).replace(self._path(package, kind))
        finally:
            os.close(descriptor)
            Path(name).unlink(missing_ok=True)

    def _path(self, package: str, kind: PackKind) -> Path:
        return self._folder / f"{package.removeprefix('sha256:')}{kind}.zip"
