"""The fast lane is only sooner: the same verdicts and numbers to the bit, and nothing of anyone's in its memory."""

import os
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from judge.evidence import Evidence
from judge.grading.grader import Grader
from judge.grading.jobs import job_of
from judge.problems.catalog import Catalog
from judge.report import Report
from judge.sandbox.box import Ending, Job, Outcome
from judge.submission import Submission, read_source
from judge.verdict import Verdict
from tests.conftest import PAPERS, ROOT, SLUG
from tests.helpers.process_tree import descendants
from tests.helpers.tiny_package import FILES, write_package

WARM_SECONDS = 240.0

RIGHT = "eager nnx-jit jax-jit-on-split-state multi-transform optax-squared-error vmapped-loss value-attribute".split()
WRONG = "bias-trains two-steps no-relu returns-nothing".split()


def arrays(value) -> list[bytes]:
    """Every array and number of an evidence, as bytes."""
    match value:
        case np.ndarray():
            return [value.dtype.name.encode(), value.tobytes()]
        case dict():
            return [part for key in sorted(value) for part in arrays(value[key])]
        case list() | tuple():
            return [part for item in value for part in arrays(item)]
        case _:
            return [repr(value).encode()]


def numbers(outcome: Outcome) -> list[bytes]:
    def of(entry: Evidence) -> list:
        return [entry.value, [vars(seen) for seen in entry.observed], entry.raised and entry.raised.type_name]

    return arrays([of(entry) for entry in outcome.evidence])


def job(source: str, *, every_case: bool = False) -> Job:
    problem = Catalog([ROOT / "problems"]).get(SLUG)
    cases = problem.cases()
    return job_of(problem, source, cases if every_case else cases[:4])  # the samples and a hidden one


@pytest.mark.parametrize("name", [f"accepted/{name}" for name in RIGHT] + [f"wrong_answer/{name}" for name in WRONG])
def test_usual_solutions_run_in_the_fast_lane_with_the_full_lane_s_numbers_to_the_bit(hot, full, paper, name) -> None:
    mine = job(paper(name).source, every_case=name == f"accepted/{RIGHT[0]}")  # each shape costs the full lane a third
    one, other = hot.run(mine), full.run(mine)
    assert (one.lane, other.lane) == ("fast", "full"), one.fallback_reason
    assert one.ending is other.ending is Ending.FINISHED
    assert numbers(one) == numbers(other)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("import jax.numpy as jnp; return jnp.linalg.svd(x @ x.T)[1]", "is not precompiled"),
        ("import time; time.sleep(0.8); return [0.0, 0.0, 0.0]", "no progress"),
        ("import os; os._exit(0)", "it exited in the fast lane"),
        ("import ctypes; ctypes.string_at(0)", "it was killed in the fast lane"),
        ("raise RuntimeError('odd')", "raised an exception"),
        ("raise MemoryError", "raised an exception"),
        ("assert x.shape == (1, 2), 'odd'", "raised an exception"),
        ("return x @ x", "raised an exception"),
        ("try:\n        return x @ x\n    except TypeError as error:\n        return los", "raised an exception"),
        ("import os; os.environ['SEED'] = '1'; return x", "changed an environment variable"),
        ("import jax; jax.config.update('jax_enable_x64', True); return x", "changed an option"),
        ("import jax\n    with jax.debug_nans(True):\n        return x", "changed an option"),
        ("import warnings\n    with warnings.catch_warnings(record=True):\n        return x", "handling of warnings"),
        (
            "import warnings; warnings.filters.insert(0, ('error', None, Warning, None, 0)); return x",
            "handling of warnings",
        ),
        ("import logging; logging.getLogger('jax._src.dispatch').setLevel(10); return x", "what JAX logs"),
        ("import signal; signal.alarm(9); return x", "a signal handler or a timer"),
        ("import sys; sys.settrace(None); return x", "traces or audits Python or JAX"),
        ("import jax; jax.clear_caches(); return x", "JAX's caches"),
    ],
)
def test_what_the_fast_lane_can_t_end_the_full_lane_judges_and_the_report_says_why(hot, body, why) -> None:
    report = grade(hot, f"def freeze_first_dense(seed, x, y, lr):\n    {body}\n", samples_only=True)
    assert report.lane == "full"
    assert report.handed_over is not None
    assert why in report.handed_over.message
    assert report.verdict is not Verdict.JUDGE_ERROR


@pytest.mark.parametrize(
    ("tree", "why"),
    [
        ("['reason', 'please']", "it wrote to the judge's result pipe in the fast lane"),
        ("['reason', 'warnings'], ['program', 'x' * 999]", "it changed the handling of warnings"),
        (
            "['reason', 'program'], ['program', 'a b\\n' + 'x' * 999]",
            "program `a_b_" + "x" * 56 + "` is not precompiled",
        ),
    ],
)
def test_a_submission_that_forges_a_handover_only_makes_itself_slower(hot, tree, why) -> None:
    source = (
        "import os, json, struct\n"
        "def freeze_first_dense(seed, x, y, lr):\n"
        "    head = json.dumps({'kind': 'handover', 'tree': {'{': [TREE]}, 'arrays': []}).encode()\n"
        "    os.write(3, struct.pack('<4sIQ', b'jdg1', len(head), 0) + head)\n"
        "    return [0.0, 0.0, 0.0]\n"
    )
    report = grade(hot, source.replace("TREE", tree), samples_only=True)
    assert report.lane == "full"
    assert report.handed_over is not None
    assert report.handed_over.message == why
    assert report.verdict is Verdict.RUNTIME_ERROR  # there is nothing to hand over to in the full lane


@pytest.mark.parametrize("body", ["return los", "return x.no_such_name", "import jax.numpy as jnp; return jnp.dott(x)"])
def test_a_plain_mistake_in_a_line_of_one_s_own_needs_no_other_lane(hot, body) -> None:
    report = grade(hot, f"def freeze_first_dense(seed, x, y, lr):\n    {body}\n")
    assert (report.lane, report.verdict) == ("fast", Verdict.RUNTIME_ERROR), report.handed_over


@pytest.mark.parametrize("source", ["x = (", "import torch", "def other(): pass", "1 / 0"])
def test_what_does_not_load_is_told_by_the_fast_lane_too(hot, source) -> None:
    report = grade(hot, source)
    assert report.lane == "fast"
    assert report.verdict in (Verdict.COMPILE_ERROR, Verdict.RUNTIME_ERROR)


def test_a_hot_zygote_that_was_killed_is_replaced_and_no_verdict_suffers(hot, paper) -> None:
    first = hot.warm(SLUG).ready(WARM_SECONDS)
    os.kill(first.pid, 9)
    first._process.wait()
    assert hot.grade(paper("accepted/eager")).verdict is Verdict.ACCEPTED
    second = hot.warm(SLUG).ready(WARM_SECONDS)
    assert second is not first
    assert hot.grade(paper("accepted/eager")).lane == "fast"


def test_the_full_zygote_that_was_killed_is_replaced_too(full, paper) -> None:
    zygote = full.pool.zygote()
    os.kill(zygote.pid, 9)
    zygote._process.wait()
    assert full.grade(paper("accepted/eager")).verdict is Verdict.ACCEPTED


@pytest.mark.skipif(os.getuid() != 0, reason="only root may look into a process that is not dumpable")
@pytest.mark.parametrize("lane", ["fast", "full"])
def test_the_reference_s_text_is_in_no_box_s_memory(tmp_path, lane) -> None:
    """The whole heap of a child, as the kernel shows it to root, holds no word of reference.py."""
    canary = "canary_" + os.urandom(12).hex()
    reference = FILES["reference.py"] + f"\n# {canary}\nCANARY = {canary!r}\n"
    write_package(tmp_path / "problems", reference_py=reference)
    grader = Grader(Catalog([tmp_path / "problems"]), tmp_path / "cache", fast=lane == "fast")
    try:
        if lane == "fast":
            assert grader.warm("twice").ready(WARM_SECONDS)
        source = "import time\ndef twice(x, scale):\n    end = time.process_time() + 0.05\n"
        source += "    while time.process_time() < end: pass\n    return [0.0, 0.0, 0.0]\n"
        done: list[Report] = []
        run = threading.Thread(target=lambda: done.append(grader.grade(Submission(problem="twice", source=source))))
        zygote = (grader.warm("twice").ready() if lane == "fast" else grader.pool.zygote()).pid
        grader.grade(Submission(problem="twice", source=source))  # the reference has run by now
        run.start()
        seen = 0
        while run.is_alive() and seen == 0:
            for child in descendants(zygote):
                memory = writable_memory(child)
                if memory:
                    seen += 1
                    assert canary.encode() not in memory
            time.sleep(0.02)
        run.join()
        assert [report.lane for report in done] == [lane]
        assert seen
    finally:
        grader.close()


def writable_memory(pid: int) -> bytes:
    parts = []
    try:
        with open(f"/proc/{pid}/mem", "rb", 0) as memory:
            for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
                span, mode, *_ = line.split()
                if mode.startswith("rw"):
                    start, end = (int(part, 16) for part in span.split("-"))
                    memory.seek(start)
                    try:
                        parts.append(memory.read(end - start))
                    except OSError:
                        continue
    except (OSError, ValueError):
        return b""
    return b"".join(parts)


def grade(grader: Grader, source: str, **options) -> Report:
    return grader.grade(Submission(problem=SLUG, source=source), **options)


@pytest.mark.slow
def test_every_exam_paper_gets_the_same_verdict_in_both_lanes(hot, full) -> None:
    """Some minutes: each of the first problem's papers, hostile ones too, with the fast lane and without."""
    limits = {"time_limit_exceeded"}  # ten seconds each, twice, and handed over by rule
    for path in sorted(PAPERS.glob("*/*.py")):
        if path.parent.name in limits:
            continue
        submission = Submission(problem=SLUG, source=read_source(path.read_bytes()))
        one, other = hot.grade(submission), full.grade(submission)
        assert one.verdict == other.verdict, path.name
        assert [case.verdict for case in one.cases] == [case.verdict for case in other.cases], path.name
        assert one.mistakes == other.mistakes, path.name
