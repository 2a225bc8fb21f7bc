"""Programs that do not attempt the exercise: a package that accepts one of them checks nothing."""

import ast
import re
from collections.abc import Iterator

import numpy as np

from judge.evidence import Value
from judge.exam.sitting import Program
from judge.problems import static_checks
from judge.problems.load import JITTED, USUAL, WARMUP, Problem

MOST_NUMBERS = 1_000  # of a first answer that is written out in a program


def trivial_programs(problem: Problem, first_answer: Value) -> Iterator[Program]:
    """Yield programs that return nothing, zeros, an input, the first sample's answer; the starter and the warm-up."""
    head = f"def {problem.signature}:\n"
    bodies = {"returns None": "None", "returns 0.0": "0.0", "returns an empty list": "[]"}
    bodies |= {f"returns its input {name}": name for name in problem.parameters}
    answer = _written(first_answer)
    if answer:
        bodies["returns the first sample's answer"] = answer
        bodies["returns zeros of the right shape"] = f"np.zeros_like({answer})"
    for name, body in bodies.items():
        yield Program(name=name, source=f"import numpy as np\n\n\n{head}    return {body}\n", wrong=True)
    yield Program(name="starter.py", source=problem.starter, wrong=True)
    tree = ast.parse(problem.warmup)
    for function in (WARMUP, USUAL, JITTED):
        if static_checks.find_function(tree, function):
            renamed = re.sub(rf"\b{function}\b", problem.entry, problem.warmup)
            yield Program(name=f"{function} of warmup.py under the entry point's name", source=renamed, wrong=True)


def _written(value: Value) -> str:
    """Return `value` as Python text, "" where it is not an array of numbers or too long."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):
        return ""
    if array.dtype.kind not in "biuf" or not array.size or array.size > MOST_NUMBERS:
        return ""
    numbers = ", ".join(
        f"float('{number}')" if array.dtype.kind == "f" else repr(number) for number in array.ravel().tolist()
    )
    return f"np.array([{numbers}], dtype={array.dtype.name!r}).reshape({array.shape})"
