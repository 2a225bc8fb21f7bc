"""The exam that every package has to pass: its known submissions, its mutants, its tolerance."""

from judge.exam.examine import examine, stored_at
from judge.exam.report import ExamReport, Finding, Graded, Part, Tolerance
from judge.exam.sitting import OnProgress, Plan
from judge.exam.submissions import KnownSubmission, find_submissions

__all__ = [
    "ExamReport",
    "Finding",
    "Graded",
    "KnownSubmission",
    "OnProgress",
    "Part",
    "Plan",
    "Tolerance",
    "examine",
    "find_submissions",
    "stored_at",
]
