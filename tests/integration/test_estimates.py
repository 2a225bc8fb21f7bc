"""Estimates of a real judge under load: four of five verdicts come within the interval that was shown.

Run with -s to read the figures.
"""

import asyncio
import os
import random
import time
from pathlib import Path

import httpx
import pytest

from tests.helpers.processes import Process, free_port
from tests.helpers.waiting import until_sync

ROOT = Path(__file__).parents[2]
SLUG = "nnx-surgery-freeze"
BURSTS, MOST_AT_ONCE = 24, 10  # submissions that come at the same time, 1 to MOST_AT_ONCE
PAUSE_SECONDS = 2.0  # between two bursts, on average
POLL_SECONDS = 0.02
SHOWN_RIGHT = 0.8
WARM_SECONDS = 180.0


def programs() -> list[str]:
    """Return known submissions of the problem, right and wrong ones, that end by themselves soon."""
    folders = [ROOT / "submissions" / SLUG / verdict for verdict in ("accepted", "wrong_answer")]
    return [path.read_text() for folder in folders for path in sorted(folder.glob("*.py"))]


@pytest.fixture
def judge(tmp_path, cache_dir, compiled):
    process = Process(
        "serve",
        tmp_path,
        port=free_port(),
        workers=2,
        network_rate=0,
        cache=cache_dir,
        problems=ROOT / "problems" / SLUG,
    )
    try:
        process.wait_until("/readyz")
        until_sync(lambda: lane_of_one(process.url) == "fast", seconds=WARM_SECONDS)
        yield process
    finally:
        process.stop()


def lane_of_one(url: str) -> str:
    body = {"problem": SLUG, "source": programs()[0]}
    return httpx.post(f"{url}/api/submissions", json=body, params={"wait": 60}, timeout=90).json()["lane"]


async def follow(client: httpx.AsyncClient, source: str, shown: list[tuple[float, float, float]]) -> None:
    """Send a program; add each estimate that is shown while it waits, with the seconds that it really took."""
    sent = await client.post("/api/submissions", json={"problem": SLUG, "source": source})
    seen: list[tuple[float, float, float]] = []
    while True:
        asked = time.perf_counter()
        state = (await client.get(f"/api/submissions/{sent.json()['id']}", params={"detail": "summary"})).json()
        if state["status"] == "done":
            break
        if state["estimate"] is not None and (not seen or state["position"] != seen[-1][3]):
            seen.append((asked, state["estimate"]["low"], state["estimate"]["high"], state["position"]))
        await asyncio.sleep(POLL_SECONDS)
    done = time.perf_counter()
    shown += [(low, high, done - asked) for asked, low, high, _ in seen]


@pytest.mark.slow
async def test_four_of_five_verdicts_come_within_the_interval_that_was_shown(judge) -> None:
    drawn = random.Random(18)
    sources, number = programs(), 0
    shown: list[tuple[float, float, float]] = []
    async with httpx.AsyncClient(base_url=judge.url, timeout=120) as client:
        following = []
        for _ in range(BURSTS):
            for _ in range(drawn.randint(1, MOST_AT_ONCE)):
                number += 1  # a source of its own: equal ones would share one judging
                source = f"{drawn.choice(sources)}\n# {number}\n"
                following.append(asyncio.create_task(follow(client, source, shown)))
            await asyncio.sleep(drawn.uniform(0, 2 * PAUSE_SECONDS))
        await asyncio.gather(*following)
    within = sum(low <= took <= high for low, high, took in shown) / len(shown)
    early = sum(took < low for low, _, took in shown) / len(shown)
    width = sum(high - low for low, high, _ in shown) / len(shown)
    print(
        f"\n{len(shown)} estimates of {number} submissions: {within:.0%} within, {early:.0%} earlier,"
        f" {1 - within - early:.0%} later; mean width {width:.1f} s, load {os.getloadavg()[0]:.1f}"
    )
    assert len(shown) >= number / 2
    assert within >= SHOWN_RIGHT
