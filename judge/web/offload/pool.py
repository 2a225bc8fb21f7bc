"""Starts helper processes and gives them jobs. A process that takes too long, or ends, is replaced by another."""

import asyncio
import contextlib
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import structlog

import judge
from judge.web import limits
from judge.web.offload.frames import END, FAILED, LAST, LENGTH, SIZES
from judge.web.offload.turns import Turns

START_SECONDS = 60.0  # of a process, on a busy host
WALL_PER_CPU = 10.0  # wall seconds per CPU second, so that a busy host does not look like a slow job
MOST_ANSWERED = 64 * limits.MIB  # bytes of one answer
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PYTHONPATH": str(Path(judge.__file__).resolve().parents[1]),
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
}

log = structlog.stdlib.get_logger(__name__)

Task = Callable[[Any, bytes], Iterable[bytes]]  # of a job's argument and body


class Overdue(Exception):
    """The job exceeded its time or memory, and its process was ended.

    `final` if it would happen again; false if the host may be to blame: it was slow, or no process could be started.
    """

    def __init__(self, final: bool) -> None:
        super().__init__(final)
        self.final = final


class HelperFailed(Exception):
    """The job raised an exception: a fault of the judge."""


class _Helper:
    """One process, started with its first job."""

    def __init__(self) -> None:
        self._process: Process | None = None
        self._endings: set[asyncio.Task[None]] = set()

    async def run(self, order: bytes, body: Sequence[bytes], seconds: float) -> list[bytes]:
        """Run one job. Raises HelperFailed, or TimeoutError, IncompleteReadError or OSError with the process."""
        async with asyncio.timeout(START_SECONDS):
            process = await self._running()
        async with asyncio.timeout(seconds * WALL_PER_CPU):
            return await self._exchange(process, order, body, seconds)

    async def _exchange(self, process: Process, order: bytes, body: Sequence[bytes], seconds: float) -> list[bytes]:
        assert process.stdin is not None
        assert process.stdout is not None
        size = sum(map(len, body))
        process.stdin.write(SIZES.pack(len(order), size, seconds) + order)
        for piece in body:
            process.stdin.write(piece)
            await process.stdin.drain()
        pieces: list[bytes] = []
        left, failure = MOST_ANSWERED, ""
        while (length := await _length(process.stdout)) not in {END, LAST}:
            if length == FAILED:
                failure = (await process.stdout.readexactly(await _length(process.stdout))).decode()
                continue
            left -= length
            if left < 0:
                raise ConnectionError("the answer does not end")
            pieces.append(await process.stdout.readexactly(length))
        if length == LAST:
            self.end()
        if failure:
            raise HelperFailed(failure)
        return pieces

    def end(self) -> None:
        """End the process; the next job starts another."""
        if self._process is not None:
            ending = asyncio.create_task(_ended(self._process))
            self._endings.add(ending)
            ending.add_done_callback(self._endings.discard)
        self._process = None

    async def close(self) -> None:
        """End the process and wait for its end."""
        self.end()
        await asyncio.gather(*self._endings)

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-s", "-m", "judge.web.offload",
                stdin=PIPE, stdout=PIPE, env=ENVIRONMENT, cwd="/", start_new_session=True,
            )  # fmt: skip
            assert self._process.stdout is not None
            await _length(self._process.stdout)  # it reports that it is ready
        return self._process


async def _length(answers: asyncio.StreamReader) -> int:
    length: int = LENGTH.unpack(await answers.readexactly(LENGTH.size))[0]
    return length


async def _ended(process: Process) -> None:
    """Kill a process and wait for its end."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
    process._transport.close()  # type: ignore[attr-defined]  # its pipes would wait for the collector


class HelperPool:
    """`count` processes, started when they are first needed. A job may take `seconds` of CPU time."""

    def __init__(self, count: int, seconds: float) -> None:
        self._helpers = [_Helper() for _ in range(count)]
        self._turns = Turns(list(self._helpers), limits.MOST_WAITING, limits.BUSY_RETRY_SECONDS)
        self._seconds = seconds
        self._jobs: set[asyncio.Task[list[bytes]]] = set()

    async def run(self, task: Task, argument: Any, body: Sequence[bytes] = (), client: str = "") -> list[bytes]:
        """Return the pieces that `task(argument, body)` yields in a helper process.

        `task` is a function of a module of judge.web. Raises Overdue, HelperFailed, and Refusal if too many jobs wait.
        """
        order = pickle.dumps((task.__module__, task.__qualname__, argument))
        helper = await self._turns.acquire(client)
        # The job of a client that goes away is finished: its process can't stop in the middle.
        job = asyncio.create_task(self._run(helper, order, body))
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)
        return await asyncio.shield(job)

    async def _run(self, helper: _Helper, order: bytes, body: Sequence[bytes]) -> list[bytes]:
        try:
            return await helper.run(order, body, self._seconds)
        except HelperFailed:
            raise
        except (TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            log.warning("a helper process was ended", reason=f"{type(error).__name__}: {error}")
            helper.end()
            raise Overdue(isinstance(error, asyncio.IncompleteReadError)) from error
        finally:
            self._turns.release(helper)

    async def close(self) -> None:
        """End all processes."""
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        for helper in self._helpers:
            await helper.close()
