"""Grading without a queue that would retry: a few attempts, one after another."""

import time
from typing import Any

from judge.errors import SandboxFault
from judge.grading.grader import Grader
from judge.grading.report import judge_error
from judge.report import Report
from judge.submission import Submission

FAULT_PAUSES = (0.5, 2.0, 8.0)  # seconds between the attempts


def grade_patiently(grader: Grader, submission: Submission, **options: Any) -> Report:
    """Grade without a queue that would retry: after a fault of the judge or its host, try a few times.

    `options` are those of `Grader.grade`. Raises nothing: the last fault becomes a `judge_error`.
    """
    for seconds in FAULT_PAUSES:
        try:
            return grader.grade(submission, **options)
        except SandboxFault:
            time.sleep(seconds)
    try:
        return grader.grade(submission, **options)
    except SandboxFault as fault:
        return judge_error(submission, fault)
