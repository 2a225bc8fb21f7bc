"""Parsing of server-sent events, line by line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from judge.client.records import Event

LAST = ("report", "end")  # nothing follows these


@dataclass
class EventReader:
    """Parses the lines of a stream. `last_id` is the Last-Event-ID to reconnect with."""

    last_id: str = ""
    _kind: str = ""
    _data: list[str] = field(default_factory=list)
    _id: str = ""

    def feed(self, line: str) -> Iterator[Event]:
        """Yield the event that this line completes, if any."""
        if line:
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "event":
                self._kind = value
            elif name == "data":
                self._data.append(value)
            elif name == "id":
                self._id = value
        elif self._data:
            event = Event(kind=self._kind or "message", data=json.loads("\n".join(self._data)), id=self._id)
            self.last_id = self._id or self.last_id
            self._kind, self._data, self._id = "", [], ""
            yield event
