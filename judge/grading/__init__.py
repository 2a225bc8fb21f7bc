"""From a submission to its report: the grader, the reference's values, the checker process. Read `grader.py` first."""
