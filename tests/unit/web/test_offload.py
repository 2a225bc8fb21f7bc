"""Helper processes: what they give, how they end, and whose job is next."""

import asyncio
import os

import pytest

from judge.web.body_parser import helper_tasks
from judge.web.body_parser.batch import parse_batch
from judge.web.body_parser.parsed import BadBody
from judge.web.offload import pool as pools
from judge.web.offload.pool import HelperFailed, HelperPool, Overdue
from judge.web.offload.turns import Turns
from judge.web.problem_details import Refusal


@pytest.fixture
async def pool(monkeypatch, tmp_path):
    (tmp_path / "trials.py").write_text(TRIALS)
    # The helpers' judge.web gets one module more.
    (tmp_path / "sitecustomize.py").write_text(f"import judge.web\njudge.web.__path__.append({str(tmp_path)!r})\n")
    path = f"{tmp_path}:{pools.ENVIRONMENT['PYTHONPATH']}"
    monkeypatch.setitem(pools.ENVIRONMENT, "PYTHONPATH", path)
    monkeypatch.setattr(pools, "WALL_PER_CPU", 60.0)  # whatever else runs here
    made = HelperPool(1, seconds=1.0)  # filling 200 MiB took more than half a second once, on a busy host
    yield made
    await made.close()


TRIALS = """
import os, time
def doubled(argument, body):
    yield body + body
    yield repr(argument).encode()
def pid(argument, body):
    import sys
    yield str(os.getpid()).encode()
    yield b"jax" if "jax" in sys.modules else b""
def swells(argument, body):
    yield str(len(b"x" * (200 << 20))).encode()
def spins(argument, body):
    while True: pass
    yield b""
def grows(argument, body):
    yield bytes(10**9)
def ends(argument, body):
    os._exit(3)
    yield b""
def raises(argument, body):
    yield b"something"
    raise ValueError("no")
def sleeps(argument, body):
    time.sleep(argument)
    yield b"slept"
"""


def named(name: str):
    def stand_in(argument, body):
        raise AssertionError("not here")
        yield b""

    stand_in.__module__, stand_in.__qualname__ = "judge.web.trials", name
    return stand_in


async def test_a_job_runs_in_one_lasting_process_without_jax(pool) -> None:
    assert await pool.run(named("doubled"), {"a": 1}, [b"x" * 300_000, b"y"]) == [
        (b"x" * 300_000 + b"y") * 2,
        b"{'a': 1}",
    ]
    first, second = [await pool.run(named("pid"), None) for _ in range(2)]
    assert first == second
    assert first[1] == b""
    assert int(first[0]) != os.getpid()


@pytest.mark.parametrize("name", ["spins", "grows", "ends"])
async def test_a_job_that_spins_grows_or_ends_is_given_up_and_the_next_is_served(pool, name) -> None:
    with pytest.raises(Overdue) as overdue:
        await pool.run(named(name), None)
    assert overdue.value.final
    assert (await pool.run(named("doubled"), 1, [b"x"]))[0] == b"xx"


async def test_a_job_that_only_takes_time_is_given_up_but_may_be_tried_again(pool, monkeypatch) -> None:
    monkeypatch.setattr(pools, "WALL_PER_CPU", 1.0)
    with pytest.raises(Overdue) as overdue:
        await pool.run(named("sleeps"), 60)
    assert not overdue.value.final


async def test_a_job_that_raises_is_our_fault_and_its_process_stays(pool) -> None:
    before = await pool.run(named("pid"), None)
    with pytest.raises(HelperFailed, match="ValueError: no"):
        await pool.run(named("raises"), None)
    assert await pool.run(named("pid"), None) == before


async def test_a_client_that_goes_away_leaves_the_process_in_order(pool) -> None:
    await pool.run(named("pid"), None)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(pool.run(named("sleeps"), 0.3), 0.05)
    assert await pool.run(named("doubled"), 1, [b"x"]) == [b"xx", b"1"]


async def test_a_process_that_has_grown_gives_its_memory_back(pool) -> None:
    before = await pool.run(named("pid"), None)
    await pool.run(named("swells"), None)
    assert await pool.run(named("pid"), None) != before


async def test_a_body_of_many_programs_comes_back_as_it_was_sent(pool) -> None:
    hook = b'{"url": "http://h/", "secret": "0123456789abcdef"}'
    body = b'{"submissions": [{"source": "x = \\u00e9\\n", "webhook": ' + hook + b'}, {"source": " "}]}'
    order = helper_tasks.Order(content_type="application/json", only_problem="p")
    here = list(parse_batch(body, "p"))
    there = list(helper_tasks.batch_from(await pool.run(helper_tasks.read_batch, order, [body])))
    assert there[0] == here[0]
    assert (type(there[1]), str(there[1])) == (type(here[1]), str(here[1]))
    assert set(here[0].digests) == {"source_sha256", "request_sha256"}


async def test_a_form_comes_back_as_it_was_sent_and_a_refusal_as_itself(pool) -> None:
    kind = "application/x-www-form-urlencoded"
    order = helper_tasks.Order(content_type=kind, only_problem=None)
    pieces = await pool.run(helper_tasks.read_form, order, [b"source=x%20%3D%201&action=run"])
    assert helper_tasks.form_from(pieces) == {"source": b"x = 1", "action": b"run"}
    wrong = helper_tasks.Order(content_type="text/plain", only_problem=None)
    with pytest.raises(BadBody) as bad:
        helper_tasks.form_from(await pool.run(helper_tasks.read_form, wrong, [b"x"]))
    assert (bad.value.status, bad.value.kind) == (415, "unsupported-media-type")


# --- turns


async def test_one_of_each_client_after_another() -> None:
    turns, order = Turns(["helper"], 10, 1), []

    async def job(client: str) -> None:
        helper = await turns.acquire(client)
        order.append(client)
        await asyncio.sleep(0)
        turns.release(helper)

    await asyncio.gather(*(job(client) for client in "aaaabbc"))
    assert "".join(order) == "aabcaba"


async def test_where_too_many_wait_the_client_with_the_most_is_refused() -> None:
    turns = Turns(["helper"], 3, 1)
    await turns.acquire("a")
    greedy = [asyncio.create_task(turns.acquire("a")) for _ in range(3)]
    await asyncio.sleep(0)
    modest = asyncio.create_task(turns.acquire("b"))
    await asyncio.sleep(0)
    with pytest.raises(Refusal) as refusal:
        await greedy[-1]
    assert (refusal.value.status, refusal.value.headers) == (503, {"Retry-After": "1"})
    with pytest.raises(Refusal):
        await turns.acquire("a")
    turns.release("helper")
    await greedy[0]
    turns.release("helper")
    assert await modest == "helper"
    greedy[1].cancel()


async def test_who_stops_waiting_takes_nobodys_turn() -> None:
    turns = Turns(["helper"], 3, 1)
    await turns.acquire("a")
    gone, next_one = asyncio.create_task(turns.acquire("b")), asyncio.create_task(turns.acquire("c"))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    turns.release("helper")
    assert await asyncio.wait_for(next_one, 1) == "helper"
    late = asyncio.create_task(turns.acquire("d"))
    await asyncio.sleep(0)
    turns.release("helper")
    late.cancel()  # it has the helper, and never knows
    await asyncio.gather(late, return_exceptions=True)
    assert await asyncio.wait_for(turns.acquire("e"), 1) == "helper"
