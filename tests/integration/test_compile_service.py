"""A new program in the fast lane: compiled and run by a service beside it, with the full lane's numbers to the bit."""

import os
import signal
import threading
import time
from dataclasses import replace

import pytest

from judge.grading.grader import Grader
from judge.report import Report
from judge.sandbox import compile_service
from judge.sandbox.box import Ending, Outcome
from judge.submission import Submission
from judge.verdict import Verdict
from tests.conftest import SLUG
from tests.helpers.process_tree import descendants
from tests.helpers.waiting import until_sync
from tests.integration.test_lanes import job, numbers

HEAD = """
import threading
import numpy as np
import jax
import jax.numpy as jnp
import optax
from flax import nnx


"""
CALLS = 2  # of one case: the second finds the program there
ENTRY = "def freeze_first_dense(seed, x, y, lr):\n"
PROGRAMS = {
    "one operation": "return jnp.cbrt(x) + jnp.expm1(x).sum()",
    "many results": "return jax.jit(lambda a: {'a': jnp.sinh(a), 'b': a > 0, 'c': (a * 3).astype(jnp.int32)})(x)",
    "no result": "jax.jit(lambda a: ())(x); return jnp.cosh(x)",
    "no argument": "return jax.jit(lambda: jnp.arange(7) ** 2)()",
    "an argument that is not used": "return jax.jit(lambda a, b: jnp.sinh(b))(x, y)",
    "narrow numbers": "return (jnp.cbrt(x.astype(jnp.bfloat16)) * 3).astype(jnp.float32)",
    "weak types": "return jax.jit(lambda a: (a, 2.5))(x)[1] * jnp.float16(3) + jnp.cbrt(1.5)",
    "random numbers": (
        "key = jax.random.key(int(seed)); a, b = jax.random.split(jax.random.fold_in(key, 7))\n"
        "    return jax.random.gumbel(a, (3, 5)), jax.random.key_data(jax.jit(jax.random.clone)(b))"
    ),
    "a loop": "return jax.lax.fori_loop(0, 9, lambda i, a: jnp.sinh(a) * 0.5 + i, x)",
    "a branch": "return jax.lax.cond(x[0, 0] > 0, lambda a: jnp.sinh(a), lambda a: jnp.cosh(a), x)",
    "gradients": "return jax.grad(lambda a: jnp.sinh(jnp.cbrt(a)).sum())(x), jax.jacfwd(jnp.sinh)(x[0])",
    "rows": "return jax.vmap(lambda row: jnp.cumsum(jnp.cbrt(row)))(x), jnp.sort(x, axis=0), jnp.argmax(x)",
    "products": "return jnp.einsum('ij,kj->ik', x, x) @ x, jnp.tensordot(x, x, 2)",
    "a step of another shape": (
        "model = nnx.Linear(x.shape[1], 9, rngs=nnx.Rngs(int(seed))); optimizer = nnx.Optimizer(model, optax.lion(lr), "
        "wrt=nnx.Param)\n"
        "    @nnx.jit\n"
        "    def step(model, optimizer):\n"
        "        loss, grads = nnx.value_and_grad(lambda m: jnp.mean(jnp.cosh(m(x))))(model)\n"
        "        optimizer.update(model, grads)\n"
        "        return loss\n"
        "    return step(model, optimizer), step(model, optimizer), model.kernel[...]"
    ),
    "an error that is caught": (
        "try:\n        jnp.cbrt(x) @ jnp.ones((999, 1))\n    except TypeError:\n        return jnp.cbrt(x)"
    ),
    "constants": "big = jnp.arange(5000.0).reshape(50, 100); return jax.jit(lambda a: jnp.cbrt(big) * a[0, 0])(x)",
    "large results": "return jnp.outer(jnp.arange(90.0), jnp.cbrt(jnp.arange(100.0)))",
}
LEAVES = {
    "a callback": "return jax.jit(lambda a: jax.pure_callback(np.cbrt, jax.ShapeDtypeStruct(a.shape, a.dtype), a))(x)",
    "a print from within": "jax.jit(lambda a: jax.debug.print('{}', a[0, 0]))(x); return x",
    "an argument given away": "return jax.jit(lambda a: jnp.cbrt(a), donate_argnums=0)(x + 1)",
    "a native library": "return jnp.linalg.qr(x @ x.T)[1]",
    "a question about the program": "return jax.jit(lambda a: jnp.cbrt(a)).lower(x).compile().cost_analysis()['flops']",
    "another thread": (
        "found = []; thread = threading.Thread(target=lambda: found.append(jnp.cbrt(x))); thread.start()\n"
        "    thread.join(); return found[0]"
    ),
}


def run(grader: Grader, body: str) -> Outcome:
    whole = job(f"{HEAD}{ENTRY}    {body}\n")
    return grader.run(replace(whole, calls=whole.calls[:1] * CALLS))


@pytest.mark.parametrize("body", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_new_program_has_the_full_lane_s_numbers_to_the_bit(hot, full, body) -> None:
    one, other = run(hot, body), run(full, body)
    assert (one.lane, other.lane) == ("fast", "full"), one.fallback_reason
    assert one.ending is other.ending is Ending.FINISHED
    assert [each.raised for each in other.evidence] == [None] * len(other.evidence)
    assert numbers(one) == numbers(other)


@pytest.mark.parametrize("body", LEAVES.values(), ids=LEAVES.keys())
def test_what_a_stand_in_could_do_otherwise_is_the_full_lane_s(hot, full, body) -> None:
    one, other = run(hot, body), run(full, body)
    assert one.lane == "full"
    assert one.fallback_reason is not None
    assert "is not precompiled" in one.fallback_reason.message
    assert numbers(one) == numbers(other)


def test_what_the_service_does_counts_as_the_submission_s(hot) -> None:
    known, new = run(hot, "return x"), run(hot, PROGRAMS["a step of another shape"])
    assert (known.lane, new.lane) == ("fast", "fast")
    assert new.cpu_ms > known.cpu_ms + 50


FRAME = """
import os, struct, json
def ask(kind, fields, body=b""):
    arrays = [["uint8", [len(body)]]] if body else []
    head = json.dumps({"kind": kind, "tree": {"{": fields}, "arrays": arrays}).encode()
    os.write(3, struct.pack("<4sIQ", b"jdg1", len(head), len(body)) + head + body)
"""


@pytest.mark.parametrize(
    "forged",
    [
        "ask('compile', [['id', 1], ['key', 'k'], ['program', {'#': 0}], ['options', {'#': 0}]], b'MLIR')",
        "ask('run', [['id', 1], ['program', 0], ['arguments', []]])",
        "ask('run', 'nothing')",
        "os.write(3, b'jdg1' + b'\\xff' * 12)",
        "[ask('run', [['id', 1], ['program', 0], ['arguments', []]]) for _ in range(300)]",
    ],
)
def test_questions_by_hand_change_no_verdict_but_their_own(hot, paper, forged) -> None:
    source = f"{HEAD}{FRAME}\n{ENTRY}    {forged}\n    return jnp.cbrt(x)\n"
    assert grade(hot, source).verdict not in (Verdict.ACCEPTED, Verdict.JUDGE_ERROR)
    report = grade(
        hot, paper("accepted/eager").source.replace("import jax\n", "import jax\nSEVEN = jax.numpy.cbrt(343.0)\n")
    )
    assert (report.verdict, report.lane) == (Verdict.ACCEPTED, "fast")


def grade(grader: Grader, source: str) -> Report:
    return grader.grade(Submission(problem=SLUG, source=source))


MANY = (
    "key = jax.random.key(0)\n"
    "    for size in range(2, 16):\n"
    "        key = jax.random.split(key, size)[0]\n"
    "    return jax.random.key_data(key)"
)


def waiting_services(grader: Grader) -> list[int]:
    """The children of the full lane's zygote that wait, one a slot that had a job, once those before them are gone."""
    warm = grader.warm(SLUG)
    hot = warm.ready() if warm else None
    assert hot is not None

    def leaves() -> list[int]:
        others = {hot.pid, *descendants(hot.pid)}
        return [pid for pid in descendants(grader.pool.zygote().pid) if not descendants(pid) and pid not in others]

    def settled() -> list[int]:
        before = leaves()
        time.sleep(0.5)
        return before if before == leaves() else []

    return until_sync(settled)


@pytest.mark.parametrize("after", [0.0, pytest.param(0.1, marks=pytest.mark.storm)])
def test_a_service_that_is_killed_leaves_its_job_to_the_full_lane_and_the_next_has_another(hot, after) -> None:
    assert run(hot, PROGRAMS["one operation"]).lane == "fast"
    services = waiting_services(hot)

    def kill() -> None:
        time.sleep(after)
        for service in services:
            os.kill(service, signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    if not after:
        thread.join()
    outcome = run(hot, MANY)
    thread.join()
    assert (outcome.lane, outcome.ending) == ("full", Ending.FINISHED)
    assert outcome.fallback_reason is not None
    assert "the compile service ended" in outcome.fallback_reason.message
    assert run(hot, MANY).lane == "fast"


@pytest.mark.parametrize(
    ("limit", "value", "why"),
    [
        ("SERVICE_CPU_SECONDS", 0.05, "too long to compile"),
        ("MAX_MESSAGES", 7, "too many programs"),
        ("MAX_BYTES", 6_000, "too many programs"),
        ("MAX_FRAME_BYTES", 100, "the compile service ended"),
    ],
)
def test_what_exceeds_a_limit_of_the_service_is_the_full_lane_s(hot, monkeypatch, limit, value, why) -> None:
    monkeypatch.setattr(compile_service, limit, value)
    outcome = run(hot, PROGRAMS["a step of another shape"])
    assert outcome.lane == "full"
    assert outcome.fallback_reason is not None
    assert why in outcome.fallback_reason.message
    assert outcome.ending is Ending.FINISHED


def test_without_a_service_a_new_program_is_the_full_lane_s(hot, monkeypatch) -> None:
    monkeypatch.setattr(type(hot.pool.box(0)), "_compile_service", lambda self, job: None)
    outcome = run(hot, PROGRAMS["one operation"])
    assert (outcome.lane, outcome.ending) == ("full", Ending.FINISHED)
    assert outcome.fallback_reason is not None
    assert "is not precompiled" in outcome.fallback_reason.message
