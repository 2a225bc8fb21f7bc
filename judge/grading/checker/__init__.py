"""Checks in a process of their own: a slot's replies are read and compared there, under a bound of time and memory.

    driver (watches the box) ──Reply──> CheckerJob ──> checker process: read, check, CaseResult ──> report
                                        (client.py)    (process.py)

A reply is foreign bytes until it is read, and reading and comparing cost what the reply claims. So neither happens in
the process that serves requests, nor on the thread that meters the box.
"""

from judge.grading.checker.client import Checker, CheckerJob
from judge.grading.checker.messages import Checked

__all__ = ["Checked", "Checker", "CheckerJob"]
