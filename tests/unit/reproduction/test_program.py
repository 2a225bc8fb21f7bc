"""`repro.py` fails while the program is wrong, and passes once it is right; nothing in the source can break it."""

import contextlib
import io
from dataclasses import replace

import pytest

from judge.report import Report
from judge.reproduction.program import program
from judge.reproduction_record import Reproduction
from judge.verdict import Cause, CauseKind, Verdict

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Flax, when it is imported
SHOWN = Reproduction(
    entry="twice",
    case="sample-1",
    arguments="(array([1.0, 2.0], 'float32'),)",
    expected="{'value': array([2.0, 4.0], 'float32'), 'model': None}",
    compared=("result",),
)
CAUSE = Cause(id="other", kind=CauseKind.MISTAKE, message="the result is\nwrong", case="sample-1")
REPORT = Report(problem="twice", verdict=Verdict.WRONG_ANSWER, cause=CAUSE, reproduction=SHOWN)
GUARD = 'if __name__ == "__main__":\n    raise SystemExit(0)\n'
RIGHT = "def twice(x):\n    return 2 * x\n"


def run(source: str) -> str:
    text = program(source, REPORT)
    assert text is not None
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, "repro.py", "exec"), {"__name__": "__main__"})
    return out.getvalue()


def test_a_wrong_program_ends_with_what_differs() -> None:
    with pytest.raises(SystemExit, match=r"wrong:\nthe result is 1 at \[0\]; expected 2"):
        run("def twice(x):\n    return x\n")


@pytest.mark.parametrize(
    "source",
    [
        RIGHT,
        RIGHT.replace("\n", "\r\n"),
        "from __future__ import annotations\n" + RIGHT,
        '"""A docstring with {braces}."""\n' + RIGHT + "array = differences = watched = None\n",
        "def differences(a, b):\n    return 2 * a\n\n\ndef twice(x):\n    return differences(x, 0)",
        "all = any = isinstance = len = list = max = print = set = sorted = str = None\n" + RIGHT,
        "\n# first\n'''A docstring.'''\nfrom __future__ import (\n    annotations,\n)\n" + RIGHT + GUARD,
        RIGHT + GUARD,
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n" + RIGHT + "\n\n\n",
    ],
    ids=["plain", "line ends", "future", "names", "same names", "no builtins", "guarded, future", "guarded", "shebang"],
)
def test_a_right_program_passes(source: str) -> None:
    assert run(source) == "right: sample-1 passes\n"


def test_the_head_names_case_and_cause_on_one_line() -> None:
    text = program(RIGHT, REPORT)
    assert text is not None
    assert text.startswith("# -*- coding: utf-8 -*-\n# sample-1 of twice: the result is wrong\n# This program")


def test_an_exception_leaves_the_program_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        run("def twice(x):\n    return 1 / 0\n")


def test_without_a_reproduction_there_is_no_program() -> None:
    assert program(RIGHT, Report(problem="twice", verdict=Verdict.ACCEPTED, score=1.0)) is None


@pytest.mark.parametrize(
    "source", ["import sys\ndef twice(x):\n    sys.exit(0)\n", "def twice(x):\n    return x\n" + GUARD]
)
def test_a_wrong_program_that_would_end_with_0_ends_with_an_error(source: str) -> None:
    with pytest.raises(SystemExit) as ended:
        run(source)
    assert "wrong:" in str(ended.value)


@pytest.mark.parametrize("cookie", ["coding: rot13", "coding=unheard-of", "coding: raw_unicode_escape"])
def test_no_text_of_the_report_chooses_the_encoding(cookie: str) -> None:
    """Compile bytes, as Python does with a file: PEP 263 looks at the first two lines."""
    text = program(RIGHT + "# \\u000aSPY = 1\n", replace(REPORT, cause=replace(CAUSE, message=cookie)))
    assert text is not None
    module: dict[str, object] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(text.encode(), "repro.py", "exec"), module)
    assert "SPY" not in module
