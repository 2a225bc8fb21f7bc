"""`optimizer.update(grads, model)` is found in a program's text, and named where the model did not move."""

import time

import pytest

from judge.case import HIDDEN, SAMPLE
from judge.grading.swapped_update import ID, line_of, swapped_update
from judge.verdict import CaseResult, CauseKind, Check, Leaf, Verdict

BUILT = "optimizer = nnx.Optimizer(model, optax.sgd(lr), wrt=nnx.Param)\n"
ROOT = Check(id="frozen", passed=False, message="no parameter moved", mistake="everything-frozen")


def failing(group: str = SAMPLE, change: float = 0.0) -> CaseResult:
    leaf = Leaf(path="l1.kernel", shape=(2, 3), change=change)
    return CaseResult(name="sample-1", group=group, verdict=Verdict.WRONG_ANSWER, checks=(ROOT,), leaves=(leaf,))


@pytest.mark.parametrize(
    "line",
    [
        "optimizer.update(grads, model)",
        "optimizer.update( grads,\n    model )",
        "    self.optimizer.update(grads, model, value=loss)",
        "opt.update(mask(grads), model)",
        "optimizer.update(jax.tree.map(scale, grads), model)",
        "optimizer.update(both['grads'], model)",
    ],
)
def test_a_call_with_the_model_second_is_found(line: str) -> None:
    assert line_of(BUILT + line + "\n") == 2


@pytest.mark.parametrize(
    "line",
    [
        "optimizer.update(model, grads)",
        "optimizer.update(model, model)",
        "# optimizer.update(grads, model)",
        "nnx.update(state, model)",
        "tx.update(grads, model)",
        "optimizer.update(grads, other)",
        "table.update(grads)",
        "tracker.update(loss, model)",
        '"""An older version: optimizer.update(grads, model)."""',
        "text = 'optimizer.update(grads, model)'",
    ],
)
def test_any_other_call_is_not(line: str) -> None:
    assert line_of(BUILT + line + "\n") is None
    assert line_of("optimizer.update(grads, model)\n") is None  # no optimizer is built


def test_a_model_of_another_name_is_known_by_its_optimizer() -> None:
    source = "o = nnx.Optimizer(net, optax.adam(0.1), wrt=nnx.Param)\no.update(g, net)\n"
    assert line_of(source) == 2
    assert line_of(source.replace("(net,", "(model=net,")) == 2


def test_the_cause_names_the_line_and_what_follows_from_it() -> None:
    found = swapped_update(failing(), ROOT, BUILT + "optimizer.update(grads, model)\n")
    assert found is not None
    assert (found.id, found.kind, found.line, found.case) == (ID, CauseKind.MISTAKE, 2, "sample-1")
    assert found.explains == ("everything-frozen", "frozen")
    assert "optimizer.update(model, grads)" in found.hint


@pytest.mark.parametrize("case", [failing(HIDDEN), failing(change=0.5)])
def test_a_model_that_moved_and_a_hidden_case_have_another_cause(case: CaseResult) -> None:
    assert swapped_update(case, ROOT, BUILT + "optimizer.update(grads, model)\n") is None


@pytest.mark.parametrize(
    "piece", ["Optimizer(", "a.update(", "a.update(b(", "a.update(b,", "a.", "\n", "Optimizer(a,", "#"]
)
def test_a_long_hostile_text_is_read_soon(piece: str) -> None:
    start = time.thread_time()
    line_of(piece * (65_536 // len(piece)))
    assert time.thread_time() - start < 1.0


def test_lines_end_as_python_has_it() -> None:
    assert line_of((BUILT + "'''a\nb'''\n# here\noptimizer.update(grads, model)\n").replace("\n", "\r")) == 5
