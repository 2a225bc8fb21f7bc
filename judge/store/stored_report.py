"""Reports as they lie in the store: those of an older judge are read as today's."""

import asyncio
import json
import re
from dataclasses import replace
from typing import Any

from judge.report import SCHEMA, Report
from judge.store.lazy_json import LazyJson
from judge.store.records import SubmissionRecord

_NAMED = re.compile(r'\{"schema": ?"(\d{1,6})\.(\d{1,6})"')
_MAJOR, _MINOR = SCHEMA.split(".")[0], int(SCHEMA.split(".")[1])


async def with_report(stored: SubmissionRecord) -> SubmissionRecord:
    """Return a record whose report is the text of its column with the report; an old one is read on another thread."""
    if stored.report is None:
        return stored
    text = str(stored.report)
    if is_current(text):
        return replace(stored, report=LazyJson(text))
    return await asyncio.to_thread(_with_old_report, stored, text)


def is_current(text: str) -> bool:
    """Return True for the JSON of a report of today's schema, or a later one: it is passed on unread."""
    found = _NAMED.match(text)
    return found is not None and (found[1] != _MAJOR or int(found[2]) >= _MINOR)


def current(text: str) -> LazyJson:
    """Return a stored report as a report of today's schema. Reading an old one takes tens of milliseconds.

    One that no judge wrote, or of a later major version, stays as it is: its submission can be read all the same.
    """
    if is_current(text):
        return LazyJson(text)
    try:
        return LazyJson(json.dumps(Report.from_json(json.loads(text)).to_json()))
    except (KeyError, TypeError, ValueError):
        return LazyJson(text)


def _with_old_report(stored: SubmissionRecord, text: str) -> SubmissionRecord:
    report = current(text)
    summary: Any = report.get("summary")
    return replace(stored, report=report, summary=summary)
