"""One table for all editors: made once, by a process of its own, and kept in the cache for every later start.

<cache>/completion/<key>.json.gz      the key changes with the libraries' versions and with how they are read
"""

import asyncio
import contextlib
import hashlib
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from importlib.metadata import version
from pathlib import Path
from time import monotonic

import structlog

import judge
from judge.web.completion import collect, signatures

MOST_BYTES = 100 * 1024  # of the table as it is sent
MAKE_SECONDS = 180.0  # for which the process may run; a second or two on a quiet machine
RETRY_SECONDS = 300.0  # after a failure
COMMAND = ("-m", "judge.web.completion")
KEY_LENGTH = 16  # hexadecimal digits
ENVIRONMENT = {
    "JAX_PLATFORMS": "cpu",
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONPATH": str(Path(judge.__file__).resolve().parents[1]),
}

log = structlog.stdlib.get_logger(__name__)


class NotMade(Exception):
    """The table could not be made; the log says why."""


class CompletionTable:
    """The table, by the key that it has in URLs and in the cache."""

    def __init__(self, folder: Path) -> None:
        self.key = _key()
        self._file = folder / f"{self.key}.json.gz"
        self._packed: bytes | None = None
        self._making: asyncio.Task[bytes] | None = None
        self._failed_at: float | None = None

    async def get(self) -> bytes | None:
        """Return the table in gzip, or None while it is being made, which the first call starts. Raises NotMade."""
        if self._packed is None:
            self._packed = await asyncio.to_thread(_read, self._file)
        if self._packed is None and self._making is None:
            if self._failed_at is not None and monotonic() < self._failed_at + RETRY_SECONDS:
                raise NotMade
            self._making = asyncio.create_task(_made(), name="completion table")
            self._making.add_done_callback(self._finish)
        return self._packed

    async def close(self) -> None:
        """End the process that makes the table, if there is one."""
        if self._making is not None:
            self._making.cancel()
            await asyncio.gather(self._making, return_exceptions=True)

    def _finish(self, task: "asyncio.Task[bytes]") -> None:
        self._making = None
        if task.cancelled():
            return
        fault = task.exception()
        if fault is not None:
            self._failed_at = monotonic()
            log.warning("the editor has no completion: its table could not be made", reason=str(fault))
            return
        self._packed = task.result()
        _keep(self._file, self._packed)


def _key() -> str:
    parts = [f"{name} {version(name)}" for name in collect.PACKAGES]
    parts += [sys.version, *(Path(str(module.__file__)).read_text() for module in (collect, signatures))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:KEY_LENGTH]


def _read(path: Path) -> bytes | None:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return None


def _keep(path: Path, packed: bytes) -> None:
    """Write the table to the cache, all of it or nothing; where that can't be written to, memory has it."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(packed)
        Path(file.name).replace(path)


async def _made() -> bytes:
    """Run the process. Raises RuntimeError with the end of what it printed, OSError or TimeoutError."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-s", *COMMAND,
        stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=ENVIRONMENT, cwd="/", start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(MAKE_SECONDS):
            packed, errors = await process.communicate()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise RuntimeError(errors.decode("utf-8", "replace").strip()[-400:])
    if len(packed) > MOST_BYTES:
        raise RuntimeError(f"it has {len(packed):,} bytes, and at most {MOST_BYTES:,} are sent")
    return packed
