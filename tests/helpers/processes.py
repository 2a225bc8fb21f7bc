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
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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


Child = tuple[int, int]  # pid, and when it started: a pid alone may be somebody else's by now


def children(pid: int) -> list[Child]:
    """Every descendant of a process."""
    parents: dict[int, list[Child]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append((int(stat.parent.name), int(fields[19])))
    found, pending = [], [pid]
    while pending:
        mine = parents.get(pending.pop(), [])
        found += mine
        pending += [child for child, _ in mine]
    return found


def process_line(pid: int) -> tuple[int, str]:
    """A process's parent and command line; (0, "") for one that is gone."""
    try:
        parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        return parent, Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return 0, ""


def told(child: Child) -> str:
    """What a process is, for a message."""
    try:
        words = Path(f"/proc/{child[0]}/cmdline").read_text().replace("\0", " ").strip()
        status = Path(f"/proc/{child[0]}/status").read_text()
    except OSError:
        return f"{child[0]}: gone"
    state = [line for line in status.splitlines() if line.startswith(("State", "PPid"))]
    return f"{child[0]}: {words or '(no command line)'} {state}"


def gone(child: Child, seconds: float) -> bool:
    """Whether a process ends within so many seconds; a zombie counts as ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            fields = Path(f"/proc/{child[0]}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return True
        if int(fields[19]) != child[1] or fields[0] == "Z":
            return True
        time.sleep(0.05)
    return False
