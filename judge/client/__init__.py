"""Clients of a judge that runs elsewhere: `Judge` blocks, `AsyncJudge` does not; both have the same methods.

from judge.client import Judge

with Judge("http://127.0.0.1:8000") as judge:
    answer = judge.grade(Path("solution.py").read_text())
    print(answer.verdict, answer.report.message)
"""

from judge.client.async_client import AsyncJudge
from judge.client.client import Judge
from judge.client.faults import Refused, Unreachable
from judge.client.records import Answer, Event, Item, ProblemInfo

__all__ = ["Answer", "AsyncJudge", "Event", "Item", "Judge", "ProblemInfo", "Refused", "Unreachable"]
