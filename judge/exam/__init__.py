"""The exam that every package has to pass: its known submissions, its mutants, its tolerance."""

from judge.exam.examine import examine, stored_at
from judge.exam.report import ExamReport, Finding, Mark, Part, Tolerance
from judge.exam.sitting import OnProgress, Plan
from judge.exam.submissions import Paper, find_papers

__all__ = [
    "ExamReport",
    "Finding",
    "Mark",
    "OnProgress",
    "Paper",
    "Part",
    "Plan",
    "Tolerance",
    "examine",
    "find_papers",
    "stored_at",
]
