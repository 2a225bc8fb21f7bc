"""Suggestion of the closest known word, for messages about an unknown one."""

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence about `word`: the most similar of the `known` words; "" if none is similar."""
    matches = difflib.get_close_matches(word, sorted(known), n=1)
    return f"; did you mean `{matches[0]}`?" if matches else ""
