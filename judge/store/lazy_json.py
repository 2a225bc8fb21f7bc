"""JSON of the database that stays text until it is read: most responses only pass it on."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property

from judge.verdict import Json


class LazyJson(Mapping[str, Json]):
    """An object that is parsed when it is first read. `text` is its JSON, on one line."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def parsed(self) -> dict[str, Json]:
        """The object as a dict."""
        parsed: dict[str, Json] = json.loads(self.text)
        return parsed

    def __getitem__(self, key: str) -> Json:
        return self.parsed[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.parsed)

    def __len__(self) -> int:
        return len(self.parsed)

    def __repr__(self) -> str:
        return f"LazyJson({self.text[:80]!r}, {len(self.text)} characters)"
