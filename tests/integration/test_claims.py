"""Programs whose results mean more than their bytes: a bounded cost for the judge, a plain verdict, a small report."""

import json
import resource
import time

import pytest

from judge.grading.grader import Grader
from judge.report import MAX_REPORT_BYTES, Report
from judge.submission import Submission

SLUG = "nnx-surgery-freeze"
FORGE = """
import json, os, struct, sys
def request():
    frame = sys._getframe()
    while "request" not in frame.f_locals: frame = frame.f_back
    return frame.f_locals["request"]
def send(tree, arrays=(), body=b""):
    head = json.dumps({"kind": "reply", "arrays": list(arrays), "tree": tree}, separators=(",", ":")).encode()
    data = memoryview(struct.pack("<4sIQ", b"jdg1", len(head), len(body)) + head + body)
    while data: data = data[os.write(3, data):]
def reply(arrays=(), body=b"", value=None, leaves=()):
    leaves = {"{": [[name, {"#": 0}] for name in leaves]}
    seen = {"{": [[when, leaves] for when in ("before", "after", "state_before", "state_after")] + [["aside", []]]}
    empty = {"{": []}
    members = {"nonce": request().nonce, "value": value, "type": "x", "raised": None, "observed": [seen],
               "extra_values": empty, "facts": empty}
    send({"{": [[name, member] for name, member in members.items()]}, arrays, body)
"""
ENTRY = "def freeze_first_dense(seed, x, y, lr):\n"
ROWS = "import numpy as np\n" + ENTRY + "    return np.zeros((1_000_000_000, 0), np.float32)\n"
FORGED_ROWS = FORGE + ENTRY + "    reply([['float32', [1_000_000_000, 0]]], value={'#': 0})\n"
ONE_ARRAY_OFTEN = FORGE + ENTRY + "    reply([['int8', [1 << 22]]], bytes(1 << 22), leaves=map(str, range(300)))\n"
ARRAY_IN_A_LIST = (
    FORGE + ENTRY + "    reply([['float32', [1 << 18]]], bytes(1 << 20), value=[{'#': 0} for _ in range(40_000)])\n"
)
TEXTS = ENTRY + "    return ['a'] * 24_000 + ['b' * 8192]\n"
TEXTS_IN_MANY_LISTS = ENTRY + "    return [['ab' * 4000, ['c']] for _ in range(500)]\n"
WIDE_TEXTS = ENTRY + "    return [['\U0001f600' * 200] * 60] * 17\n"
LONG_KEYS = (
    ENTRY + "    inner = {f'j{i}_' + 'y' * 190: 'z' * 190 for i in range(60)}\n"
    "    return {f'k{i}_' + 'x' * 190: inner for i in range(17)}\n"
)
MANY_AXES = FORGE + (
    ENTRY + "    axes = 100 + int(abs(x[0, 0]) * 1e5) if len(x) == 64 else 0\n"
    "    if axes: reply([['int8', [1] * axes]], b'0', value={'#': 0})\n"
    "    return [0.0, 0.0, 0.0]\n"
)
LONG_NAMES = FORGE + ENTRY + "    reply([['int8', [1]]], b'0', leaves=(f'{i}.' + 'z' * 150 for i in range(20_000)))\n"
MANY_LEAVES = (
    "import jax.numpy as jnp, optax\nfrom flax import nnx\nclass Net(nnx.Module): pass\n" + ENTRY + "    net = Net()\n"
    "    for i in range(400): setattr(net, f'p{i}' + 'q' * 150, nnx.Param(jnp.zeros(())))\n"
    "    nnx.Optimizer(net, optax.sgd(lr), wrt=nnx.Param)\n    return jnp.zeros(3)\n"
)
DEEP = ENTRY + "    value = []\n    for _ in range(300): value = [value]\n    return value\n"
MANY_ENTRIES = ENTRY + "    return [0] * 300_000\n"
MANY_KEYS = ENTRY + "    return {str(key): key for key in range(60_000)}\n"
LONG_REASON = FORGE + ENTRY + "    send({'{': [['reason', 'x' * 4_000_000]]})\n"
NESTED_JSON = FORGE + ENTRY + "    os.write(3, struct.pack('<4sIQ', b'jdg1', 60_000, 0) + b'[' * 60_000)\n"
NAN_STEP = (
    "import jax.numpy as jnp, optax\nfrom flax import nnx\n"
    "class Net(nnx.Module):\n    def __init__(self, rngs):\n"
    "        self.l1 = nnx.Linear(3, 4, rngs=rngs); self.l2 = nnx.Linear(4, 2, rngs=rngs)\n"
    + ENTRY
    + "    net = Net(nnx.Rngs(int(seed)))\n    step = nnx.Optimizer(net, optax.sgd(lr), wrt=nnx.Param)\n"
    "    net.l2.kernel[...] = net.l2.kernel[...] + 1\n    step.step = nnx.OptState(jnp.array(float('nan')))\n"
    "    return jnp.zeros(3)\n"
)
HIDDEN_IN_NAMES = (
    "import jax.numpy as jnp, numpy as np, optax\nfrom flax import nnx\nclass Net(nnx.Module): pass\n"
    + ENTRY
    + "    net = Net()\n    setattr(net, f'seed={seed} ' + str(np.asarray(x).tolist()), nnx.Param(jnp.zeros(())))\n"
    "    nnx.Optimizer(net, optax.sgd(lr), wrt=nnx.Param)\n    return jnp.zeros(3)\n"
)
TOO_MUCH, WRONG, NO_REPLY = "output_limit_exceeded", "wrong_answer", "runtime_error"
PROGRAMS = {
    "a billion rows without a byte": (ROWS, TOO_MUCH),
    "the same, forged": (FORGED_ROWS, TOO_MUCH),
    "one array under 1,200 names": (ONE_ARRAY_OFTEN, TOO_MUCH),
    "one array 40,000 times in a list": (ARRAY_IN_A_LIST, TOO_MUCH),
    "texts of unequal length": (TEXTS, WRONG),
    "texts in many lists": (TEXTS_IN_MANY_LISTS, TOO_MUCH),
    "texts of wide characters": (WIDE_TEXTS, WRONG),
    "long keys in dicts": (LONG_KEYS, WRONG),
    "20,000 leaves with long names": (LONG_NAMES, TOO_MUCH),
    "400 real leaves with long names": (MANY_LEAVES, WRONG),
    "300 lists in each other": (DEEP, WRONG),
    "300,000 numbers in a list": (MANY_ENTRIES, TOO_MUCH),
    "60,000 keys": (MANY_KEYS, TOO_MUCH),
    "a message of 4 MB": (LONG_REASON, NO_REPLY),
    "a header of open brackets": (NESTED_JSON, NO_REPLY),
    "a step counter that is NaN": (NAN_STEP, WRONG),
    "hidden inputs in the names of leaves": (HIDDEN_IN_NAMES, WRONG),
}
MOST_CPU_SECONDS = 1.0  # of the judge's own process, for one job; a usual one takes some hundredths
MOST_MEMORY_KIB = 100 * 1024  # that the judge's own process may grow by


@pytest.fixture(scope="module", autouse=True)
def warm(grader: Grader, paper) -> None:
    """Have the reference run and the checker load the package."""
    grader.grade(paper("accepted/eager"))


def cost_of(grader: Grader, source: str) -> tuple[Report, float, int]:
    """Return the report and its cost to the judge's own process: CPU seconds, and growth of its peak memory in KiB."""
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    report = grader.grade(Submission(problem=SLUG, source=source))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return report, time.process_time() - began, after - before


@pytest.mark.parametrize(("source", "verdict"), PROGRAMS.values(), ids=PROGRAMS)
def test_what_a_result_means_costs_the_judge_little(grader: Grader, source: str, verdict: str) -> None:
    report, cpu_seconds, memory_kib = cost_of(grader, source)

    assert report.verdict == verdict, report.message
    assert len(json.dumps(report.to_json())) <= MAX_REPORT_BYTES
    assert cpu_seconds < MOST_CPU_SECONDS
    assert memory_kib < MOST_MEMORY_KIB


def test_no_number_of_a_hidden_case_stands_in_the_report(grader: Grader) -> None:
    report = grader.grade(Submission(problem=SLUG, source=HIDDEN_IN_NAMES))
    text = json.dumps([case.to_json() for case in report.cases if case.group == "hidden"])
    cases = grader.catalog.get(SLUG).cases()
    hidden = [case for case in cases if case.group == "hidden"]
    numbers = {f"{value:.4g}" for case in hidden for value in case.inputs["x"].ravel()}
    assert [number for number in numbers if len(number) > 4 and number in text] == []
    samples = json.dumps([case.to_json() for case in report.cases if case.group == "sample"])
    shown = {f"{value:.4g}" for value in cases[0].inputs["x"].ravel()}
    assert [number for number in shown if len(number) > 4 and number in samples]  # the control: samples do show theirs
    assert len(json.loads(text)) == len(hidden)
    assert all(case.leaves == () for case in report.cases if case.group == "hidden")


def test_the_message_of_what_exceeds_is_a_plain_sentence(grader: Grader) -> None:
    report = grader.grade(Submission(problem=SLUG, source=ONE_ARRAY_OFTEN))
    assert report.message == "sample-1: the results have more than 4,000,000 array entries in all"


def test_how_far_a_hidden_case_exceeds_a_limit_is_not_said(grader: Grader) -> None:
    report = grader.grade(Submission(problem=SLUG, source=MANY_AXES))
    exceeding = [case for case in report.cases if case.ending]
    assert [case.group for case in exceeding] == ["hidden"]
    assert exceeding[0].message == "an array has more than 16 axes"
