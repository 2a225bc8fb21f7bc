"""The exam that every package has to pass: its known submissions, its mutants, its tolerance."""

from judge.exam.examine import examine, stored_at
from judge.exam.papers import Paper, find_papers
from judge.exam.programs import OnProgress, Plan
from judge.exam.report import ExamReport, Finding, Mark, Part, Tolerance

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
