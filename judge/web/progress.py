"""How far each running judging has come, as far as this process has heard."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from judge.store.notifications import Bus, Notification

MOST_JUDGINGS = 4_096  # remembered; the report has every case anyway


@dataclass
class _Heard:
    attempt: int = 0
    cases: list[dict[str, Any]] = field(default_factory=list)


class Progress:
    """Remembers the cases of running judgings, for clients that begin to listen late."""

    def __init__(self) -> None:
        self._heard: dict[str, _Heard] = {}

    def cases(self, judging_id: str) -> tuple[int, list[dict[str, Any]]]:
        """The attempt and its cases so far; attempt 0 if nothing was heard."""
        heard = self._heard.get(judging_id, _Heard())
        return heard.attempt, heard.cases

    async def run(self, bus: Bus) -> None:
        """Listen until cancelled."""
        with bus.inboxes.listen() as inbox:
            while True:
                self.hear(await inbox.get())
                await asyncio.sleep(0)

    def hear(self, note: Notification) -> None:
        """Take one note in."""
        if note.kind in {"done", "cancelled", "queued"}:
            self._heard.pop(note.judging_id, None)
        if note.kind != "cases":
            return
        heard = self._heard.setdefault(note.judging_id, _Heard())
        if note.data["attempt"] != heard.attempt:
            heard.attempt, heard.cases = note.data["attempt"], []
        # Only an unbroken row is kept: a lost note leaves the rest to the report.
        for case in note.data["cases"]:
            if case["number"] == len(heard.cases) + 1:
                heard.cases.append(case)
        while len(self._heard) > MOST_JUDGINGS:
            self._heard.pop(next(iter(self._heard)))
