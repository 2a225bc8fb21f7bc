"""Run a solution in this very process, without a box: what the benchmark compares the judge with.

    python plain_process.py <job frame> once         the cases, then the answers, then the end
    python plain_process.py <job frame> once <i>     case i only
    python plain_process.py <job frame> serve        answers each line on standard input by a run of all cases

The job frame holds source, entry and calls; answers go to standard output as one frame of float64 arrays a run.
"""

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "inside")]
import wire  # type: ignore[import-not-found]  # noqa: E402  (the file alone: the judge's package is not imported)

MAX_FRAME_BYTES = 1 << 30


def main(frame: str, mode: str, case: str | None = None) -> None:
    """Read the job, then run it as `mode` says."""
    reader = wire.FrameReader(MAX_FRAME_BYTES)
    ((_, job),) = reader.feed(Path(frame).read_bytes())
    calls = job["calls"] if case is None else [job["calls"][int(case)]]
    if mode == "once":
        _answer(_run(job, calls))
        return
    _answer(_run(job, calls))  # warm
    for _ in sys.stdin:
        _answer(_run(job, calls))


def _run(job: dict[str, Any], calls: list[tuple[Any, ...]]) -> list[Any]:
    import jax.numpy as jnp
    import numpy as np

    module = ModuleType("solution")
    sys.modules["solution"] = module
    exec(compile(job["source"].tobytes().decode(), "solution.py", "exec"), module.__dict__)  # noqa: S102  (a solution of ours)
    function = getattr(module, job["entry"])
    answers = []
    for call in calls:
        given = [jnp.asarray(value) if isinstance(value, np.ndarray) else value for value in call]
        answers.append(np.asarray(function(*given), np.float64))
    return answers


def _answer(answers: list[Any]) -> None:
    data = memoryview(wire.encode("answers", answers))
    while data:
        data = data[os.write(1, data) :]


if __name__ == "__main__":
    main(*sys.argv[1:])
