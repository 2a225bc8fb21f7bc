"""A helper process: reads jobs from its standard input, writes their results to its standard output.

job:     bytes of the order, bytes of the body, CPU seconds · order: (module, function, argument), pickled · body
first:   END, once the process is ready
answer:  pieces, each with its length in front; FAILED and a text, if it raised · END or LAST
"""

import contextlib
import gc
import importlib
import os
import pickle
import resource
import signal
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

from judge.web import limits
from judge.web.offload.frames import END, FAILED, LAST, LENGTH, SIZES

GROWN_MIB = 160  # a process that once needed more ends after its job, to give the memory back
KILLED_FIRST = "700"  # of 1,000: when the host runs out of memory, this is killed rather than the judge


def main() -> None:
    """Serve until the judge closes our standard input."""
    _bound()
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # so that printed text does not mix with the answers
    answers.write(LENGTH.pack(END))
    answers.flush()
    while len(sizes := jobs.read(SIZES.size)) == SIZES.size:
        order_size, body_size, seconds = SIZES.unpack(sizes)
        module, name, argument = pickle.loads(jobs.read(order_size))  # noqa: S301 - from the judge itself
        body = jobs.read(body_size)
        signal.setitimer(signal.ITIMER_PROF, seconds)  # its signal ends the process
        _write(answers, _pieces(module, name, argument, body))
        signal.setitimer(signal.ITIMER_PROF, 0)
        del body, argument
        grown = _peak_kib() > GROWN_MIB * 1024
        answers.write(LENGTH.pack(LAST if grown else END))
        answers.flush()
        if grown:
            return
        gc.collect()


def _peak_kib() -> int:
    """Return the largest resident memory of this program; ru_maxrss would begin with that of the judge's process."""
    with open("/proc/self/status") as file:  # noqa: PTH123
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:"))


def _bound() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the judge decides when we end
    limit = limits.HELPER_MIB * limits.MIB
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123
        file.write(KILLED_FIRST)


def _pieces(module: str, name: str, argument: Any, body: bytes) -> Iterator[bytes]:
    if not module.startswith("judge.web."):
        raise ImportError(f"{module} holds no tasks")
    yield from getattr(importlib.import_module(module), name)(argument, body)


def _write(answers: BinaryIO, pieces: Iterator[bytes]) -> None:
    try:
        for piece in pieces:
            answers.write(LENGTH.pack(len(piece)))
            answers.write(piece)
    except MemoryError:
        sys.exit("out of memory")  # the pool treats it as overdue
    except Exception as error:
        text = f"{type(error).__name__}: {error}"[:1_000].encode(errors="replace")
        answers.write(LENGTH.pack(FAILED) + LENGTH.pack(len(text)) + text)


if __name__ == "__main__":
    main()
