"""Measures how soon the judge is there: `uv run python -m tests.helpers.measure_start [ROUNDS]`, by hand.

Each round takes all ways one after the other, on an otherwise quiet machine if possible:

    import      python -c "import jax, flax.nnx, optax"
    listening   `judge serve` on all problems, from its start to the first answer of /livez
    verdict     the same server, from its start to the verdict on a submission that was posted as soon as it listened
    again       the next verdict of the same server
    grade       `judge grade FILE` of that submission

Programs, reference values and bytecode lie on disk from a round that does not count. Prints medians and, of the ratios
to the import of the same round, medians too; and the machine's load, since a busy one lengthens everything.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from judge.bench.ways import Import
from tests.helpers.processes import free_port

ROUNDS = 7
SUBMISSION = Path(__file__).parents[2] / "submissions/nnx-surgery-freeze/accepted/eager.py"
PROBLEM = "nnx-surgery-freeze"
WAIT_SECONDS = 120.0


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a judge whose files lie in `folder` alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUDGE_")}
    return kept | {"JUDGE_CACHE": str(folder / "cache"), "JUDGE_DATA": str(folder / "data"), "JUDGE_LOG_FORMAT": "json"}


def measure_serve(folder: Path) -> Iterator[tuple[str, float]]:
    """Yield the figures of one server, in seconds."""
    port = free_port()
    started = time.perf_counter()
    command = [sys.executable, "-m", "judge", "serve", "--port", str(port), "--workers", "2"]
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment(folder), stdout=log, stderr=log)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=WAIT_SECONDS) as client:
            while True:
                try:
                    client.get("/livez").raise_for_status()
                    break
                except httpx.TransportError:
                    assert process.poll() is None, (folder / "serve.log").read_text()
                    time.sleep(0.005)
            yield "listening", time.perf_counter() - started
            lane = judge_one(client)
            yield f"verdict ({lane})", time.perf_counter() - started
            asked = time.perf_counter()
            lane = judge_one(client)
            yield f"again ({lane})", time.perf_counter() - asked
    finally:
        process.terminate()
        process.wait(60)


def judge_one(client: httpx.Client) -> str:
    """Post the submission, wait for its verdict, and return its lane."""
    body = {"problem": PROBLEM, "source": SUBMISSION.read_text()}
    answer = client.post("/api/submissions", params={"wait": 60}, json=body)
    answer.raise_for_status()
    report = answer.json()["report"]
    assert report["verdict"] == "accepted", report["message"]
    return str(report["lane"])


def measure_grade(folder: Path) -> Iterator[tuple[str, float]]:
    """Yield the figure of one command, in seconds."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "judge", "grade", "--json", str(SUBMISSION)]
    ended = subprocess.run(command, env=environment(folder), capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    yield "grade", time.perf_counter() - started


def take_round(folder: Path) -> dict[str, float]:
    """Return the figures of one round."""
    figures = {"import": Import().judge().wall}
    return figures | dict(measure_serve(folder)) | dict(measure_grade(folder))


def main() -> None:
    """Take the rounds, and print their medians."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rounds", nargs="?", type=int, default=ROUNDS)
    parser.add_argument("--keep", type=Path, help="a folder for caches, kept for the next measurement")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="measure-start-") as made:
        folder = options.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        take_round(folder)
        rounds = []
        for number in range(options.rounds):
            rounds.append(take_round(folder))
            line = "  ".join(f"{name} {seconds:.2f}" for name, seconds in rounds[-1].items())
            print(f"{number + 1}: {line}  load {os.getloadavg()[0]:.1f}", flush=True)
    names = {name.split(" ")[0]: name for each in rounds for name in each}
    for plain in names:
        pairs = [(each["import"], value) for each in rounds for name, value in each.items() if name.startswith(plain)]
        seconds = statistics.median(value for _, value in pairs)
        ratio = statistics.median(value / base for base, value in pairs)
        print(f"{plain:10} {seconds:6.2f} s  {ratio:5.2f} times the import")


if __name__ == "__main__":
    main()
