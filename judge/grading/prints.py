"""Give each sample what a program printed during it."""

from collections.abc import Sequence
from dataclasses import replace

from judge.case import SAMPLE
from judge.verdict import CaseResult

CHARACTERS = 16_000  # of one case; the report's `stdout` has all


def with_prints(results: Sequence[CaseResult], printed: Sequence[str]) -> tuple[CaseResult, ...]:
    """Return `results` with the output of each sample; `printed` begins with that of loading, see `Outcome`."""
    texts = dict(enumerate(printed[1:]))
    return tuple(
        replace(result, stdout=_cut(texts.get(index, ""))) if result.group == SAMPLE else result
        for index, result in enumerate(results)
    )


def _cut(text: str) -> str:
    return text if len(text) <= CHARACTERS else f"{text[:CHARACTERS]}… {len(text) - CHARACTERS:,} more characters"
