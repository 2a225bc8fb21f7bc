"""Hidden cases stay hidden and cost no slot: nothing of another case is in a box, references run apart from judging."""

import json
import os
import struct
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from judge.errors import SettingsFault
from judge.grading.grader import Grader
from judge.grading.reference_queue import MOST_WAIT_SECONDS, ReferencePending
from judge.problems.catalog import Catalog
from judge.problems.hidden_seed import FILE, HiddenSeed
from judge.report import Report
from judge.settings import load_settings
from judge.submission import Submission
from judge.verdict import Verdict
from tests.helpers.process_tree import descendants
from tests.helpers.tiny_package import write_package
from tests.integration.test_lanes import WARM_SECONDS, writable_memory

RIGHT = "import jax.numpy as jnp\n\n\ndef twice(x, scale):\n    return 2 * scale * jnp.asarray(x)\n"
CASES = """\
import numpy as np


def cases(rng):
    for _ in range(5):
        yield {"x": rng.normal(size=(2, 3)).astype(np.float32), "scale": rng.uniform(), "also": [rng.uniform(), 1]}
"""
PARAMETERS = 'parameters = ["x", "scale", "also"]'

# Looks at what Python can reach from its frames, the nearest first; it knows what it looks for only upside down, or it
# would find itself.
SEARCHER = """
import collections, gc, struct, sys, time

TARGETS = {targets}
FLIP = (1 << 64) - 1


def bits(thing):
    if type(thing) is float:
        return struct.unpack("<Q", struct.pack("<d", thing))[0]
    data = getattr(thing, "tobytes", None) and type(thing).__module__.startswith(("numpy", "jax")) and thing.tobytes()
    return struct.unpack("<Q", data[:8])[0] if data and len(data) >= 8 else None


def reachable():
    frame, frames = sys._getframe(), []
    while frame is not None:
        frames.append(dict(frame.f_locals))
        frame = frame.f_back
    seen, waiting = set(), collections.deque([frames])
    while waiting and len(seen) < 100_000:
        thing = waiting.popleft()
        if id(thing) in seen or thing is TARGETS or isinstance(thing, (type, type(gc))):
            continue
        seen.add(id(thing))
        yield thing
        try:
            waiting.extend(gc.get_referents(thing))
        except Exception:
            pass


def search():
    found = set()
    for thing in reachable():
        try:
            value = bits(thing)
        except Exception:
            continue
        if value is not None and value ^ FLIP in TARGETS:
            found.add(TARGETS[value ^ FLIP])
    return sorted(found)


print("load", *search(), flush=True)
calls = 0


def twice(x, scale, also):
    global calls
    calls += 1
    if calls == 1:
        print("first", *search(), flush=True)
        end = time.process_time() + 0.3
        while time.process_time() < end:
            pass
    return x
"""


@pytest.fixture(scope="module")
def problems(tmp_path_factory) -> Path:
    """Return the folder of a package whose cases hold numbers that are nowhere else."""
    from tests.helpers.tiny_package import FILES, MANIFEST

    renamed = {
        name.replace(".", "_"): text.replace("(x, scale)", "(x, scale, also)")
        for name, text in FILES.items()
        if name not in {"problem.toml", "cases.py"}
    }
    manifest = MANIFEST.replace('parameters = ["x", "scale"]', PARAMETERS)
    folder = tmp_path_factory.mktemp("hidden") / "problems"
    write_package(folder, **renamed, problem_toml=manifest, cases_py=CASES)
    return folder


@pytest.mark.parametrize("lane", ["fast", "full"])
def test_nothing_of_any_other_case_is_in_a_box_s_memory(problems, tmp_path, lane) -> None:
    secret = HiddenSeed("of this test")
    catalog = Catalog([problems]).with_hidden_seed(secret)
    cases = [*catalog.get("twice").cases(), *Catalog([problems]).get("twice").cases()[2:]]
    names = ["sample-1", "sample-2", *(f"hidden-{i}" for i in (1, 2, 3)), *(f"own-{i}" for i in (1, 2, 3))]
    patterns = {}
    for name, case in zip(names, cases, strict=True):
        patterns[f"{name}.x"] = case.inputs["x"].tobytes()[:8]
        patterns[f"{name}.scale"] = struct.pack("<d", case.inputs["scale"])
        patterns[f"{name}.also"] = struct.pack("<d", case.inputs["also"][0])
    targets = {struct.unpack("<Q", data)[0] ^ ((1 << 64) - 1): name for name, data in patterns.items()}
    submission = Submission(problem="twice", source=SEARCHER.replace("{targets}", repr(targets)))
    grader = Grader(catalog, tmp_path / "cache", fast=lane == "fast")
    try:
        if lane == "fast":
            assert grader.warm("twice").ready(WARM_SECONDS), grader.warm("twice").failure
        grader.grade(submission, samples_only=True)  # the reference has run by now
        zygote = (grader.warm("twice").ready() if lane == "fast" else grader.pool.zygote()).pid
        reports = []
        run = threading.Thread(target=lambda: reports.append(grader.grade(submission, samples_only=True)))
        run.start()
        sought = [name for name in patterns if name.endswith(".scale") and not name.startswith("sample")]
        seen: set[str] = set()
        looks = 0
        while run.is_alive() and not looks:
            for child in descendants(zygote):
                memory = writable_memory(child)
                looks += bool(memory)
                seen |= {name for name in sought if patterns[name] in memory}
            time.sleep(0.05)
        run.join()
        [report] = reports
        found = dict.fromkeys(("load", "first"), "")
        found |= dict(line.partition(" ")[::2] for line in report.stdout.splitlines())
        assert report.lane == lane, report.handed_over
        assert found["load"] == ""
        assert set(found["first"].split()) == {"sample-1.x", "sample-1.scale", "sample-1.also"}  # so it does find
        if os.getuid() != 0:
            pytest.skip("only root may read a box's memory from outside; what the submission reaches was checked")
        assert looks
        assert not seen
    finally:
        grader.close()


# --- references apart


ODD_CASES = """\
import numpy as np


def cases(rng):
    scale = 0.5 if rng.bit_generator.seed_seq.entropy == 7 else 1.0
    for _ in range(5):
        yield {"x": rng.normal(size=(2, 3)).astype(np.float32), "scale": scale}
"""
ODD_REFERENCE = "def twice(x, scale):\n    assert scale < 1.0, 'odd'\n    return 2 * scale * x\n"


@pytest.fixture(scope="module")
def apart(tmp_path_factory) -> Iterator[Grader]:
    """Return a grader as in servers, without the fast lane; the reference of `odd` fails except for its own seed, 7."""
    folder = tmp_path_factory.mktemp("apart")
    write_package(folder / "problems")
    write_package(folder / "problems", "odd", reference_py=ODD_REFERENCE, cases_py=ODD_CASES)
    grader = Grader(Catalog([folder / "problems"]), folder / "cache", fast=False, apart=True)
    grader.prepare(wait=2)
    yield grader
    grader.close()


def judged(grader: Grader, submission: Submission, seed: int = 0) -> Report:
    """Return the report, once the reference's values are there."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return grader.grade(submission, seed=seed)
        except ReferencePending as pending:
            if time.monotonic() > deadline or not 0 < pending.seconds <= MOST_WAIT_SECONDS:
                raise
            time.sleep(0.1)


def runs(grader: Grader) -> list[str]:
    """Return the seeds of the references that have run, of `twice` and `odd`."""
    return sorted(path.name.split("-")[0] for path in grader._expectations._folder.rglob("*.frame"))


@pytest.mark.parametrize(("source", "verdict"), [("def twice(x, scale:", "compile_error"), ("1 / 0", "runtime_error")])
def test_a_program_that_does_not_load_costs_no_reference(apart, source, verdict) -> None:
    new, known = (apart.grade(Submission(problem="twice", source=source), seed=seed) for seed in (501, 0))
    assert new.verdict == known.verdict == verdict
    assert (new.cases_total, new.provenance.seed) == (5, 501)
    assert (new.message, new.line, new.cases) == (known.message, known.line, known.cases)
    assert runs(apart) == ["0", "0"]


def test_a_new_seed_s_reference_runs_apart_once_while_others_are_judged(apart) -> None:
    right = Submission(problem="twice", source=RIGHT)
    with pytest.raises(ReferencePending):
        apart.grade(right, seed=502)
    assert apart.grade(right).verdict is Verdict.ACCEPTED
    assert apart.grade(right, seed=502, samples_only=True).verdict is Verdict.ACCEPTED  # samples are the same for all
    report = judged(apart, right, 502)
    assert report.verdict is Verdict.ACCEPTED
    assert (report.provenance.seed, report.provenance.hidden_seed) == (502, "request")
    assert runs(apart) == ["0", "0", "502"]
    assert apart.grade(right, seed=502).verdict is Verdict.ACCEPTED


def test_a_reference_that_fails_for_a_seed_is_the_judge_s_fault(apart) -> None:
    report = judged(apart, Submission(problem="odd", source=RIGHT), 9)
    assert report.verdict is Verdict.JUDGE_ERROR
    assert "AssertionError: odd" in report.message


def test_a_server_s_secret_makes_other_cases_and_the_report_says_so_without_telling_it(apart, monkeypatch) -> None:
    wrong = Submission(problem="twice", source=RIGHT.replace("2 *", "2.5 *"))
    own = apart.grade(wrong)
    monkeypatch.setattr(apart, "catalog", apart.catalog.with_hidden_seed(HiddenSeed("hunter2")))
    other = judged(apart, wrong)
    assert (own.provenance.hidden_seed, other.provenance.hidden_seed) == ("package", "server")
    assert own.provenance.seed == other.provenance.seed == 0
    assert own.cases[0].inputs == other.cases[0].inputs
    assert judged(apart, Submission(problem="twice", source=RIGHT)).verdict is Verdict.ACCEPTED
    text = json.dumps(other.to_json())
    assert "hunter2" not in text
    assert HiddenSeed("hunter2").fingerprint not in text


def test_offline_the_server_s_secret_is_used_only_when_it_is_asked_for(tmp_path, monkeypatch) -> None:
    from judge.cli.server_seed import server_seed_here

    monkeypatch.setenv("JUDGE_DATA", str(tmp_path))
    monkeypatch.delenv("JUDGE_HIDDEN_SEED", raising=False)
    with pytest.raises(SettingsFault, match="start the server once"):
        server_seed_here(load_settings())
    (tmp_path / FILE).write_text("abc\n")
    assert server_seed_here(load_settings()) == HiddenSeed("abc")
    monkeypatch.setenv("JUDGE_HIDDEN_SEED", "package")
    assert server_seed_here(load_settings()) is None
    monkeypatch.setenv("JUDGE_HIDDEN_SEED", "mine")
    assert server_seed_here(load_settings()) == HiddenSeed("mine")
    write_package(tmp_path / "problems")
    assert Catalog([tmp_path / "problems"]).get("twice").hidden_seed is None  # the environment alone changes nothing
