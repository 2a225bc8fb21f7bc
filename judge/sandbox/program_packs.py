"""Compiled programs on disk, one pack a problem package: written by zygotes' warm-ups only, read by zygotes only.

<folder>/<runtime>/<package digest>.zip     <runtime> names versions and processor: machine code fits no other
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Packs:
    """The packs of one runtime. Submissions never see these files: programs reach them in their zygote's memory."""

    def __init__(self, folder: Path, runtime: str) -> None:
        self._folder = folder / runtime

    def has(self, package: str) -> bool:
        """Return True if there is a pack of `package`, a digest."""
        return self._path(package).exists()

    @contextmanager
    def open(self, package: str) -> Iterator[int | None]:
        """Yield a descriptor of the pack, None where there is none."""
        try:
            file = self._path(package).open("rb")
        except FileNotFoundError:
            yield None
            return
        with file:
            yield file.fileno()

    @contextmanager
    def fresh(self, package: str) -> Iterator[int]:
        """Yield a descriptor of a new file, which becomes the pack of `package` if anything was written to it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=self._folder, suffix=".new")
        try:
            yield descriptor
            if os.fstat(descriptor).st_size:
                Path(name).replace(self._path(package))
        finally:
            os.close(descriptor)
            Path(name).unlink(missing_ok=True)

    def _path(self, package: str) -> Path:
        return self._folder / f"{package.removeprefix('sha256:')}.zip"
