"""Judges as processes: started, awaited, killed, and never left over."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

import httpx

ROOT = Path(__file__).parents[2]
START_SECONDS = 120.0  # on a machine that does much else


def free_port() -> int:
    """Return a port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Process:
    """One process of a judge. `kind` is serve or worker.

    With `obedient`, a folder of problems, it has the grader that obeys comments. `variables` become JUDGE_*.
    """

    def __init__(self, kind: str, data: Path, *, obedient: Path | None = None, port: int = 0, **variables: object):
        self.kind, self.port, self.log = kind, port, data / f"{kind}-{port}.log"
        data.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "judge", kind]
        if obedient is not None:
            command = [sys.executable, "-m", "tests.helpers.run_judge", kind, str(obedient)]
        own = {"JUDGE_DATA": str(data), "JUDGE_PORT": str(port), "JUDGE_LOG_FORMAT": "text", "PYTHONPATH": str(ROOT)}
        given = {f"JUDGE_{name.upper()}": str(value) for name, value in variables.items()}
        clean = {name: value for name, value in os.environ.items() if not name.startswith("JUDGE_")}
        self._command, self._environment = command, clean | own | given
        self.start()

    def start(self) -> None:
        with self.log.open("a") as log:
            self.popen = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self.popen.pid

    def alive(self) -> bool:
        return self.popen.poll() is None

    def wait_until(self, path: str = "/livez", seconds: float = START_SECONDS) -> "Process":
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.alive(), f"it ended: {self.log.read_text()[-3000:]}"
            try:
                if httpx.get(self.url + path, timeout=10).status_code == 200:
                    return self
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"{path} did not answer in time: {self.log.read_text()[-3000:]}")

    def signal(self, number: int) -> None:
        if self.alive():
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.popen.wait()

    def stop(self, seconds: float = 60.0) -> int:
        self.signal(signal.SIGTERM)
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.alive():
            self.signal(signal.SIGCONT)
            self.stop()
