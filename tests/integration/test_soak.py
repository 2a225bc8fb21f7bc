"""Many submissions through both lanes at once: no hang, no judge error, and the full lane's numbers to the bit.

JUDGE_TEST_FULL=1    2,000 submissions instead of 200
"""

import itertools
import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from judge.grading.grader import Grader
from judge.problems.catalog import Catalog
from judge.sandbox.box import Outcome
from tests.conftest import PAPERS, ROOT, SLUG
from tests.integration.test_lanes import WARM_SECONDS, job, numbers

SUBMISSIONS = 2_000 if os.environ.get("JUDGE_TEST_FULL") else 200
SLOTS = 2
SLOW = ("sleep", "spin", "loop", "memory", "flood", "wait", "hang", "thread", "endless", "grow", "stop")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


def papers() -> dict[str, str]:
    """The papers that end soon: right, wrong, not to be loaded, raising and crashing."""
    found = [
        path
        for folder in ("accepted", "wrong_answer", "compile_error", "runtime_error", "hostile")
        for path in sorted((PAPERS / folder).glob("*.py"))
        if not any(word in path.stem for word in SLOW)
    ]
    return {f"{path.parent.name}/{path.stem}": path.read_text(encoding="utf-8-sig") for path in found}


def told(outcome: Outcome) -> tuple:
    return outcome.ending, outcome.raised and outcome.raised.type_name, outcome.stdout, numbers(outcome)


def both_slots(grader: Grader, sources: dict[str, str], names: list[str]) -> list[tuple[str, Outcome]]:
    """Each name with its outcome; every thread has a slot of its own, and takes its share."""

    def run(slot: int) -> list[tuple[str, Outcome]]:
        return [(name, grader.run(job(sources[name]), slot)) for name in names[slot::SLOTS]]

    with ThreadPoolExecutor(SLOTS) as threads:
        return [pair for share in threads.map(run, range(SLOTS)) for pair in share]


def test_many_submissions_through_both_lanes_give_the_full_lane_s_numbers(grader: Grader, cache_dir) -> None:
    sources = papers()
    full = Grader(Catalog([ROOT / "problems"]), cache_dir, SLOTS, fast=False)
    hot = grader.warm(SLUG)
    assert hot is not None
    assert hot.ready(WARM_SECONDS), hot.failure
    names = list(itertools.islice(itertools.cycle(sources), SUBMISSIONS))
    random.Random(3).shuffle(names)
    expected = {name: told(outcome) for name, outcome in both_slots(full, sources, list(sources))}
    full.close()
    began = time.monotonic()
    done = both_slots(grader, sources, names)
    seconds = time.monotonic() - began

    outcomes = [outcome for _, outcome in done]
    lanes = Counter(outcome.lane for outcome in outcomes)
    reasons = Counter(outcome.fallback_reason for outcome in outcomes if outcome.fallback_reason)
    print(f"\n{len(outcomes)} submissions, {len(sources)} different, in {seconds:.0f} s: {dict(lanes)}")
    for reason, count in reasons.most_common():
        print(f"  {count:5d}  {reason}")
    assert len(outcomes) == SUBMISSIONS
    wrong = {name for name, outcome in done if told(outcome) != expected[name]}
    assert wrong == set()
    assert lanes["fast"] > SUBMISSIONS // 2
