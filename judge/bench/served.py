"""The fast lane as a client meets it: a real `judge serve` on loopback, from POST to verdict."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from judge.bench.ways import Cost, Workload, WrongAnswer
from judge.settings import CACHE_DIR

START_SECONDS = 180.0
_WAIT_SECONDS = 60


class Served:
    """A server of its own, started for this benchmark and ended with it."""

    name = "fast lane through judge serve"

    def __init__(self, workload: Workload, problem: Path, data: Path, workers: int) -> None:
        """Start it and wait until it judges in the fast lane. Raises WrongAnswer where it never does.

        It serves the package in the folder `problem` alone: others would still be warming up beside the measurements.
        """
        self._start(workload, problem, data, workers)
        try:
            self._until_warm(time.monotonic() + START_SECONDS)
        except BaseException:
            self.close()
            raise

    def _start(self, workload: Workload, problem: Path, data: Path, workers: int) -> None:
        self._body = {"problem": workload.submission.problem, "source": workload.submission.source}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        place = ["--host", "127.0.0.1", "--port", port, "--data", str(data), "--workers", str(workers)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "judge", "serve", *place],
            env=os.environ
            | {"JUDGE_PROBLEMS": str(problem), "JUDGE_CACHE": str(data / CACHE_DIR), "JUDGE_NETWORK_RATE": "0"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_WAIT_SECONDS + 10)

    def judge(self, client: int = 0) -> Cost:
        """Post it and wait for the verdict."""
        started = time.perf_counter()
        report = self._post()
        wall = time.perf_counter() - started
        if report["verdict"] != "accepted" or report["lane"] != "fast":
            raise WrongAnswer(f"served: {report['verdict']} in the {report['lane']} lane: {report['handed_over']}")
        return Cost(wall=wall, cpu=report["cpu_ms"] / 1e3, memory=report["memory_mb"])

    def close(self) -> None:
        """End the server."""
        self._client.close()
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _post(self) -> dict[str, Any]:
        answer = self._client.post("/api/submissions", params={"wait": _WAIT_SECONDS}, json=self._body)
        answer.raise_for_status()
        report = answer.json()["report"]
        if report is None:
            raise WrongAnswer(f"no verdict after {_WAIT_SECONDS} s")
        return dict(report)

    def _until_warm(self, deadline: float) -> None:
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise WrongAnswer("judge serve ended at its start; run it by hand to see why")
            try:
                if self._post()["lane"] == "fast":
                    return
            except httpx.TransportError:
                pass  # not up yet
            time.sleep(0.5)
        raise WrongAnswer(f"judge serve did not judge in the fast lane within {START_SECONDS:.0f} s")


class FirstVerdict(Served):
    """A server that is started for each run: from its start to the verdict on what was posted as soon as it listens."""

    name = "judge serve, from its start to the first verdict"

    def __init__(self, workload: Workload, problem: Path, data: Path, workers: int) -> None:
        """Start nothing yet. What it compiles, and the reference's values, lie in `data` from the run before."""
        self._arguments = (workload, problem, data, workers)

    def judge(self, client: int = 0) -> Cost:
        """Start it, post, wait for the verdict, and end it. Raises WrongAnswer."""
        started = time.perf_counter()
        self._start(*self._arguments)
        try:
            report = self._first_report(started + START_SECONDS)
            wall = time.perf_counter() - started
        finally:
            self.close()
        if report["verdict"] != "accepted":
            raise WrongAnswer(f"served: {report['verdict']}")
        return Cost(wall=wall, cpu=report["cpu_ms"] / 1e3, memory=report["memory_mb"])

    def _first_report(self, deadline: float) -> dict[str, Any]:
        while time.perf_counter() < deadline:
            try:
                return self._post()
            except httpx.TransportError:
                time.sleep(0.01)  # not up yet
        raise WrongAnswer(f"judge serve gave no verdict within {START_SECONDS:.0f} s")
