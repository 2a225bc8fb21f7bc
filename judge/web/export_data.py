"""Everything that is stored about a person, as a ZIP file that is made while it is sent.

account.json                    the account, and the rows that refer to it: sessions, tokens, classes ...
submissions/<id>.py, <id>.json  a program, and its verdict with the whole report

One page of submissions is in memory at a time, packed on another thread.
"""

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from typing import Any

from judge.account import User
from judge.store.lazy_json import LazyJson
from judge.store.records import Filter, SubmissionRecord
from judge.web.problem_details import Refusal
from judge.web.state import Service

PAGE = 20  # submissions in memory, each with a source of up to 64 KiB and a report of up to 256 KiB
AT_ONCE = 2  # exports of one server
RETRY_SECONDS = 30
LARGE = {"source", "report"}
PRIVATE = {"owner", "worker", "tag", "judging_id", "summary"}  # of the judge's working, or a part of the report

_running = 0


async def export_of(service: Service, user: User) -> AsyncIterator[bytes]:
    """Return the pieces of the file. Raises Refusal if too many are being made."""
    if _running >= AT_ONCE:
        raise Refusal(503, "busy", "other exports are being made: try again", retry_after=RETRY_SECONDS)
    pieces = _pieces(service, user)
    await anext(pieces)  # which takes its place among those that run
    return pieces


async def _pieces(service: Service, user: User) -> AsyncGenerator[bytes, None]:
    global _running
    _running += 1
    try:
        about = {**_fields(vars(user)), **await service.store.accounts.personal.records(user)}
        yield b""
        sink = _Sink()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("account.json", _json(about))
            before: str | None = None
            while page := await service.store.submissions.find(Filter(owners=(user.owner,)), before, PAGE, full=True):
                await asyncio.to_thread(_pack, archive, page)
                yield sink.taken()
                before = page[-1].id
        yield sink.taken()
    finally:
        _running -= 1


class _Sink(io.RawIOBase):
    """A file that can't seek, of which what was written can be taken away."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: Any) -> int:
        """Keep `data`."""
        self._written.append(bytes(data))
        return len(self._written[-1])

    def taken(self) -> bytes:
        """Return what was written since the last time."""
        data = b"".join(self._written)
        self._written.clear()
        return data


def _pack(archive: zipfile.ZipFile, page: Sequence[SubmissionRecord]) -> None:
    for stored in page:
        archive.writestr(f"submissions/{stored.id}.py", (stored.source or "").encode("utf-8", "replace"))
        fields = {name: value for name, value in vars(stored).items() if name not in LARGE | PRIVATE}
        text = _json(fields)
        if isinstance(stored.report, LazyJson):
            text = f'{text.rstrip().removesuffix("}").rstrip()},\n "report": {stored.report.text}\n}}\n'
        archive.writestr(f"submissions/{stored.id}.json", text.encode("utf-8", "replace"))


def _fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "id"}


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, default=str) + "\n"
