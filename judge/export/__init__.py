"""Verdicts in the formats of others: a report that holds nothing hidden goes in, a text comes out.

public.py      what an export may know of a report; the rest can't be reached from here
formats.py     the formats by name
gradescope.py, junit.py, github.py, tables.py
"""

from judge.export.formats import FORMATS, Format, NoResult
from judge.export.public import PublicCase, PublicReport, public

__all__ = ["FORMATS", "Format", "NoResult", "PublicCase", "PublicReport", "public"]
