"""Copies of packages as they were when the judge loaded them, for processes that load them again later.

    <folder>/<digest>/<slug>/...    a package's files, without by-products; written whole or not at all

An author may edit a package while a server runs: it goes on with the version that it loaded.
"""

import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from judge.errors import PackageFault
from judge.problems.load import digest_of, files_of
from judge.problems.problem import Problem

KEPT_SECONDS = 30 * 86_400.0  # a copy that nobody used for so long is deleted


class Snapshots:
    """The copies in one folder, which several judges of this machine may share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, problem: Problem) -> Path:
        """Return the copy of `problem`, after making it if it is missing.

        Raises PackageFault where the package has changed on disk since it was loaded and no copy was kept.
        """
        copy = self.path(problem)
        if _is_whole(copy, problem):
            with suppress(OSError):
                copy.parent.touch()
            return copy
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix="new-") as made:
            package = Path(made) / problem.slug
            for name, file in files_of(problem.folder).items():
                target = package / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
            if digest_of(package) != problem.digest:
                raise PackageFault(faults=("the package changed on disk: start the judge again",), package=problem.slug)
            if not _is_whole(copy, problem):
                _remove(copy.parent)
            with suppress(OSError):  # somebody else was faster
                Path(made).rename(copy.parent)
                Path(made).mkdir()  # what the end of this block removes
        return copy

    def path(self, problem: Problem) -> Path:
        """Return where the copy of `problem` is."""
        return self._folder / problem.digest.removeprefix("sha256:") / problem.slug

    def prune(self) -> None:
        """Delete the copies that nobody used for a month."""
        with suppress(OSError):
            for old in self._folder.iterdir():
                if old.stat().st_mtime < time.time() - KEPT_SECONDS:
                    shutil.rmtree(old, ignore_errors=True)


def _is_whole(copy: Path, problem: Problem) -> bool:
    """Return True if the copy is there and undamaged."""
    try:
        return copy.is_dir() and digest_of(copy) == problem.digest
    except OSError:
        return False


def _remove(damaged: Path) -> None:
    with suppress(OSError):
        damaged.unlink()
    shutil.rmtree(damaged, ignore_errors=True)
