"""JSON of the database that stays text until somebody looks inside: most answers only hand it on."""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property

from judge.verdict import Json


class LazyJson(Mapping[str, Json]):
    """An object, parsed at the first look. `text` is its JSON, on one line."""

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
