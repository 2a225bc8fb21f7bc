"""A container of 2 GiB under the worst programs and the worst requests at once: the honest ones notice little."""

import contextlib
import http.client
import json
import random
import socket
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from judge.client import Judge
from tests.docker.conftest import ROOT, docker

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(5400)]

SUBMISSIONS, CLIENTS, HONEST_SHARE = 500, 20, 0.4
SLUG = "nnx-surgery-freeze"
PAPERS = ROOT / "submissions" / SLUG
READY_SECONDS = 300
MOST_P99_SECONDS = 1.0
PROBE_SECONDS = 0.05
ENTRY = "def freeze_first_dense(seed, x, y, lr):\n"
WORST = {
    "rows without bytes": "import numpy as np\n" + ENTRY + "    return np.zeros((1_000_000_000, 0), np.float32)\n",
    "texts": ENTRY + "    return ['a'] * 24_000 + ['b' * 8192]\n",
    "many entries": ENTRY + "    return [0] * 300_000\n",
    "a megabyte of floats": "import numpy as np\n" + ENTRY + "    return np.zeros(250_000, np.float32)\n",
    "spins": ENTRY + "    while True: pass\n",
    "sleeps": "import time\n" + ENTRY + "    time.sleep(0.3)\n",
    "fills memory": ENTRY + "    kept = []\n    while True: kept.append(bytearray(1 << 24))\n",
    "prints": ENTRY + "    while True: print('x' * 10_000)\n",
    "a hundred threads": (
        "import threading\ndef spin():\n    while True: pass\n"
        + ENTRY
        + "    for _ in range(100): threading.Thread(target=spin, daemon=True).start()\n    spin()\n"
    ),
    "aborts": "import os\n" + ENTRY + "    os.abort()\n",
    "kills itself": "import os\n" + ENTRY + "    os.kill(os.getpid(), 9)\n",
    "closes everything": "import os\n" + ENTRY + "    os.closerange(0, 100)\n",
    "writes to the channel": "import os\n" + ENTRY + "    os.write(3, b'x' * 100_000)\n",
    "400 leaves": (
        "import jax.numpy as jnp, optax\nfrom flax import nnx\nclass Net(nnx.Module): pass\n"
        + ENTRY
        + "    net = Net()\n"
        "    for i in range(400): setattr(net, f'p{i}' + 'q' * 150, nnx.Param(jnp.zeros(())))\n"
        "    nnx.Optimizer(net, optax.sgd(lr), wrt=nnx.Param)\n    return jnp.zeros(3)\n"
    ),
    "blank lines": "\n" * 60_000 + ENTRY + "    return None\n",
    "one long line": ENTRY + "    return [" + "(" * 90 + "0" + ")" * 90 + ", 0" * 15_000 + "]\n",
}
RARER = {"spins": 0.3, "a hundred threads": 0.3}  # each takes a slot for its whole limit of 20 s


@dataclass
class Storm:
    """The observations of one container while everything comes at once."""

    port: int
    container: str
    stopped: threading.Event = field(default_factory=threading.Event)
    seconds: list[float] = field(default_factory=list)  # of the API's answers
    failures: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    memory_mib: list[float] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()


@pytest.fixture
def storm(image: str, free_port: int) -> Iterator[Storm]:
    """A running container with the README's limits; every problem is warm."""
    name = f"judge-storm-{free_port}"
    settings = ("-e", "JUDGE_HOST=127.0.0.1", "-e", f"JUDGE_PORT={free_port}", "-e", "JUDGE_WORKERS=2")
    limits = ("--memory", "2g", "--memory-swap", "2g", "--pids-limit", "256")
    docker("run", "-d", "--name", name, "--network", "host", *limits, *settings, image)
    storm = Storm(port=free_port, container=name)
    try:
        wait_until_ready(storm)
        yield storm
    finally:
        storm.stopped.set()
        log = docker("logs", name, check=False)
        print(log.stderr[-3000:])
        docker("rm", "-f", "-v", name)


def wait_until_ready(storm: Storm) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if storm.request("GET", "/readyz")[0] == 200:
                break
        time.sleep(0.5)
    with Judge(storm.url) as judge:  # the fast lane of the problem too
        while time.monotonic() < deadline:
            report = judge.grade((PAPERS / "accepted" / "eager.py").read_text(), SLUG).report
            if report is not None and report.lane == "fast":
                return
            time.sleep(1)
    raise AssertionError("the judge did not become ready")


def programs() -> list[tuple[str, str, str]]:
    """(kind, source, verdict or "" for any but accepted): every one with a line of its own, so that none is shared."""
    random.seed(13)
    papers = [("accepted", path) for path in sorted((PAPERS / "accepted").glob("*.py"))]
    papers += [("wrong_answer", path) for path in sorted((PAPERS / "wrong_answer").glob("*.py"))[:20]]
    made = []
    for number in range(SUBMISSIONS):
        if random.random() < HONEST_SHARE:
            verdict, path = random.choice(papers)
            made.append(("honest", path.read_text(encoding="utf-8-sig") + f"\n# {number}\n", verdict))
        else:
            ((name, source),) = random.choices(list(WORST.items()), [RARER.get(name, 1.0) for name in WORST])
            made.append((name, source + f"\n# {number}\n", ""))
    return made


def send(storm: Storm, kind: str, source: str, verdict: str) -> None:
    try:
        with Judge(storm.url, patience=300) as judge:
            answer = judge.grade(source, SLUG)
    except Exception as error:
        storm.failures.append(f"{kind}: {type(error).__name__}: {error}")
        return
    storm.ids.append(answer.id)
    if kind == "honest" and answer.verdict != verdict:
        storm.failures.append(f"{kind}: {answer.verdict} where {verdict} is right: {answer.report}")
    if kind != "honest" and answer.verdict in ("accepted", "judge_error"):
        storm.failures.append(f"{kind}: {answer.verdict}: {answer.report}")


def probe(storm: Storm) -> None:
    """Ask what everybody asks, again and again, and take the time."""
    paths = ["/livez", "/api/problems", f"/api/problems/{SLUG}", "/api/submissions?limit=20", "/", f"/problems/{SLUG}"]
    while not storm.stopped.is_set():
        for path in [*paths, *(f"/submissions/{each}" for each in storm.ids[-1:])]:
            began = time.monotonic()
            try:
                status, _ = storm.request("GET", path)
            except OSError as error:
                storm.failures.append(f"GET {path}: {error}")
                continue
            storm.seconds.append(time.monotonic() - began)
            storm.statuses[status] += 1
            if status != 200:
                storm.failures.append(f"GET {path}: {status}")
            storm.stopped.wait(PROBE_SECONDS)


def worst_requests(storm: Storm) -> list[Callable[[], object]]:
    """Every route's worst input, none of which may be answered with 500."""
    keys = json.dumps({f"{i:x}": 0 for i in range(30_000)}).encode()
    deep = b'{"problem": ' + b"[" * 100_000
    batch = json.dumps({"submissions": [{"source": "x", **{f"{i:x}": 0 for i in range(50_000)}}]}).encode()
    kind = {"Content-Type": "application/json"}

    def silent() -> None:
        sockets = []
        with contextlib.suppress(OSError):
            for _ in range(200):
                sockets.append(socket.create_connection(("127.0.0.1", storm.port), timeout=2))
        time.sleep(1)
        for each in sockets:
            each.close()

    def page() -> None:
        for each in storm.ids[-20:]:
            storm.request("GET", f"/submissions/{each}")

    return [
        lambda: storm.request("POST", "/api/submissions", keys, **kind),
        lambda: storm.request("POST", "/api/submissions", deep, **kind),
        lambda: storm.request("POST", "/api/submissions/batch", batch, **kind),
        lambda: storm.request("POST", "/api/rejudges", b"x" * 1_000_000, **kind),
        lambda: storm.request("GET", "/api/submissions?limit=200"),
        lambda: storm.request("GET", "/?" + "a" * 30_000),
        lambda: storm.request("GET", "/", **{f"X-{i}": "v" * 500 for i in range(60)}),
        lambda: storm.request("POST", f"/problems/{SLUG}/submissions", b"source=" + b"\n" * 300_000),
        lambda: storm.request("DELETE", "/api/submissions/01900000-0000-7000-8000-000000000000"),
        silent,
        page,
    ]


def pester(storm: Storm) -> None:
    requests = worst_requests(storm)
    while not storm.stopped.is_set():
        for request in requests:
            with contextlib.suppress(OSError, http.client.HTTPException):
                answer = request()
                if isinstance(answer, tuple) and answer[0] == 500:
                    storm.failures.append(f"500: {answer[1][:200]!r}")
            storm.stopped.wait(0.1)


def watch_memory(storm: Storm) -> None:
    while not storm.stopped.is_set():
        text = docker("stats", "--no-stream", "--format", "{{.MemUsage}}", storm.container, check=False).stdout
        amount, unit = text.split("/")[0].strip()[:-3], text.split("/")[0].strip()[-3:]
        with contextlib.suppress(ValueError):
            storm.memory_mib.append(float(amount) * {"GiB": 1024.0, "MiB": 1.0}.get(unit, 0.0))
        storm.stopped.wait(2)


def state(storm: Storm) -> tuple[str, str, str, str]:
    form = "{{.State.StartedAt}} {{.RestartCount}} {{.State.OOMKilled}} {{.State.Running}}"
    started, restarts, killed, running = docker("inspect", "--format", form, storm.container).stdout.split()
    return started, restarts, killed, running


def test_the_honest_get_their_verdicts_in_a_storm(storm: Storm) -> None:
    before = state(storm)
    workers = [row["id"] for row in json.loads(storm.request("GET", "/api/workers")[1])]
    watchers = [threading.Thread(target=each, args=(storm,)) for each in (probe, pester, watch_memory)]
    for watcher in watchers:
        watcher.start()
    began = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(lambda program: send(storm, *program), programs()))
    took = time.monotonic() - began
    storm.stopped.set()
    for watcher in watchers:
        watcher.join()

    seconds = sorted(storm.seconds)
    p99 = seconds[int(len(seconds) * 0.99)]
    fifth = max(1, len(storm.memory_mib) // 5)
    early, late = statistics.median(storm.memory_mib[fifth : 2 * fifth]), statistics.median(storm.memory_mib[-fifth:])
    median = statistics.median(seconds)
    print(
        f"\n{SUBMISSIONS} submissions in {took:.0f} s; {len(seconds)} answers, median {median:.3f} s,"
        f" p99 {p99:.3f} s, longest {seconds[-1]:.3f} s; memory {early:.0f} MiB early, {late:.0f} MiB late,"
        f" {max(storm.memory_mib):.0f} MiB at most; {dict(storm.statuses)}"
    )
    metrics = storm.request("GET", "/metrics")[1].decode()
    print("\n".join(line for line in metrics.splitlines() if "judge_faults" in line or "judge_failed" in line))
    assert storm.failures == []
    assert p99 < MOST_P99_SECONDS
    assert late < 1.15 * early + 50
    assert state(storm) == before
    assert [row["id"] for row in json.loads(storm.request("GET", "/api/workers")[1])] == workers
