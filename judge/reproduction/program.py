"""Composes `repro.py` from a submission's source and the reproduction in its report."""

import ast
import builtins
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from textwrap import indent

from judge.report import Report
from judge.reproduction import compare, watch
from judge.submission import lines_of

MAIN = "__main__"
_BLANK = r"(?:[ \t\f]*(?:#[^\n]*)?\n)*"
_STRING = r'[rRuU]?(?:"""(?:\\.|[^\\])*?"""|\'\'\'(?:\\.|[^\\])*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')'
_FUTURE = r"from __future__ import (?:\([^)]*\)[^\n]*|(?:\\\n|[^\n])*)\n"
# What may not stand behind an assignment: a docstring, and imports from the future.
_LEADING = re.compile(f"{_BLANK}(?:{_STRING}[^\n]*\n{_BLANK})?(?:{_FUTURE}{_BLANK})*", re.DOTALL)
HEAD = """\
# -*- coding: utf-8 -*-
# {case} of {problem}: {message}
# This program ends with an error while that is so. Correct it here, or put another solution in its place.

"""
TAIL = '''

def _reproduce(entry):
    """Call `entry` as in {case}, and compare what comes out with what the reference gives."""
    from builtins import {builtins}

{functions}
    from numpy import array, inf, nan

    arguments = {arguments}
    expected = {expected}
    compared = {compared}
    try:
        found = differences(watched(entry, arguments), expected)
    except SystemExit:
        raise SystemExit("wrong: it ends the process instead of returning")
    wrong = [sentence for aspect, sentence in found.items() if aspect in compared]
    if wrong:
        raise SystemExit("\\n".join(["wrong:", *wrong]))
    print("right: {case} passes")


_reproduce({entry})
'''
MODULE = """\
__import__("sys").modules["solution"] = __import__("sys").modules[__name__]
__name__ = "solution"  # as the judge names it: what a program guards for "__main__" is not run
"""


def program(source: str, report: Report) -> str | None:
    """Return the text of a program that fails as the report says; None for a report without a reproduction."""
    found = report.reproduction
    if found is None:
        return None
    cause = report.cause.message if report.cause else report.message
    head = HEAD.format(case=found.case, problem=report.problem, message=" ".join(cause.split()))
    tail = TAIL.format(
        case=found.case,
        entry=found.entry,
        builtins=", ".join(_builtins()),
        functions=indent("\n\n".join(_functions()), "    "),
        arguments=found.arguments,
        expected=found.expected,
        compared=found.compared,
    )
    return head + _as_module("\n".join(lines_of(source)).rstrip()) + "\n" + tail


def _as_module(source: str) -> str:
    """Return the source so that its guarded main block is not run: that may end the process before anything is seen."""
    if MAIN not in source:
        return source
    leading = _LEADING.match(source)
    at = leading.end() if leading else 0
    return source[:at] + MODULE + source[at:]


@cache
def _builtins() -> Sequence[str]:
    """Return the builtin names that are used below the source, which may have given them another meaning."""
    nodes = [node for text in (*_functions(), "print", "SystemExit") for node in ast.walk(ast.parse(text))]
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    return sorted(used & set(dir(builtins)))


@cache
def _functions() -> Sequence[str]:
    """Return the texts of `compare` and `watch` without their docstrings."""
    texts = []
    for module in (compare, watch):
        text = Path(str(module.__file__)).read_text(encoding="utf-8")
        first = ast.parse(text).body[1]
        texts.append("\n".join(text.split("\n")[first.lineno - 1 :]))
    return texts
