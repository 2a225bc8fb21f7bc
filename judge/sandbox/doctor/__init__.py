"""Examine this machine: every layer proved by an action that must be denied, and the attacks."""

from judge.sandbox.doctor.examine import Examination, Finding, examine, minimum_fault, refuse_unfit_host

__all__ = ["Examination", "Finding", "examine", "minimum_fault", "refuse_unfit_host"]
