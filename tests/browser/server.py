"""A real `judge serve` in a process of its own, on a data directory of its own, that can be stopped and started."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

from tests.helpers.processes import free_port

READY_SECONDS = 180
STOP_SECONDS = 60
PROBLEM = Path(__file__).parents[2] / "problems" / "nnx-surgery-freeze"  # alone: every problem is warmed up


class Server:
    """`start`, `stop`; `url` stays the same, so that a page finds the judge again after a restart.

    `variables` become JUDGE_*.
    """

    def __init__(self, data: Path, workers: int = 1, **variables: str) -> None:
        self._data = data
        self._variables = {f"JUDGE_{name.upper()}": value for name, value in variables.items()}
        self._workers = workers
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self, *, until: str = "/readyz") -> None:
        """Start, and wait until `until` answers well."""
        self._data.mkdir(parents=True, exist_ok=True)
        options = ["--port", str(self._port), "--data", str(self._data), "--workers", str(self._workers)]
        # The session's cache is shared: the same programs are not compiled for every server again.
        kept = {name for name in os.environ if not name.startswith("JUDGE_")} | {
            "JUDGE_CACHE",
            "JUDGE_USUAL_OPERATIONS",
        }
        environment = {name: value for name, value in os.environ.items() if name in kept}
        environment |= {"JUDGE_PROBLEMS": str(PROBLEM), **self._variables}
        with (self._data / "log.txt").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "judge", "serve", *options], env=environment, stdout=log, stderr=log
            )
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers(until):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"judge serve is not ready:\n{(self._data / 'log.txt').read_text()[-3000:]}")
            time.sleep(0.2)

    @property
    def pid(self) -> int:
        """The service's process."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        """Stop as an operator does, and see that it ends."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def _answers(self, path: str) -> bool:
        try:
            return httpx.get(self.url + path, timeout=5).status_code == 200
        except httpx.HTTPError:
            return False
