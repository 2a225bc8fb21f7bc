"""The cases of each running judging, as far as this process was notified of them."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from judge.store.notifications import Notification, Notifications

MOST_JUDGINGS = 4_096  # remembered; the report has every case anyway


@dataclass
class _Reported:
    attempt: int = 0
    cases: list[dict[str, Any]] = field(default_factory=list)


class Progress:
    """Remembers the cases of running judgings, for clients that begin to follow them late."""

    def __init__(self) -> None:
        self._reported: dict[str, _Reported] = {}

    def cases(self, judging_id: str) -> tuple[int, list[dict[str, Any]]]:
        """Return the attempt and its cases so far; attempt 0 without any notification."""
        reported = self._reported.get(judging_id, _Reported())
        return reported.attempt, reported.cases

    async def run(self, notifications: Notifications) -> None:
        """Listen until cancelled."""
        with notifications.listen() as inbox:
            while True:
                self.add(await inbox.get())
                await asyncio.sleep(0)

    def add(self, notification: Notification) -> None:
        """Remember the cases of a notification; forget those of a judging that has ended."""
        if notification.kind in {"done", "cancelled", "queued"}:
            self._reported.pop(notification.judging_id, None)
        if notification.kind != "cases":
            return
        reported = self._reported.setdefault(notification.judging_id, _Reported())
        if notification.data["attempt"] != reported.attempt:
            reported.attempt, reported.cases = notification.data["attempt"], []
        # Only an unbroken sequence is kept: after a lost notification, the rest comes with the report.
        for case in notification.data["cases"]:
            if case["number"] == len(reported.cases) + 1:
                reported.cases.append(case)
        while len(self._reported) > MOST_JUDGINGS:
            self._reported.pop(next(iter(self._reported)))
