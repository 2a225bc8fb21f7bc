"""Runs checks in a separate process, where a slot's replies are read and compared within limits of time and memory.

    driver (watches the box) ──Reply──> CheckerJob ──> checker process: read, check, CaseResult ──> report
                                        (job.py)       (process.py, behind client.py and connection.py)

A reply is untrusted bytes, and reading and comparing cost what the reply claims. So neither happens in the process that
serves requests, nor on the thread that meters the box.
"""

from judge.grading.checker.client import Checker
from judge.grading.checker.job import CheckerJob
from judge.grading.checker.messages import Checked

__all__ = ["Checked", "Checker", "CheckerJob"]
