"""Slots: a thread each, lent to one caller at a time, also where a caller went away."""

import asyncio
import threading

import pytest

from judge.worker.slots import Slots


@pytest.mark.parametrize("alone", [False, True])
async def test_a_slot_whose_caller_was_cancelled_is_free_when_its_thread_is(alone: bool) -> None:
    slots, begun, end = Slots(2), threading.Event(), threading.Event()

    async def use() -> None:
        async with slots.lend() as slot:
            await slots.run(slot, lambda: (begun.set(), end.wait(20)))

    task = asyncio.create_task(use())
    await asyncio.to_thread(begun.wait, 20)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert slots.busy == 1

    async def take() -> int:
        async with slots.lend_all() if alone else slots.lend() as slot:
            return slot if alone else slot + await take_other()

    async def take_other() -> int:
        async with slots.lend() as slot:
            return slot

    taking = asyncio.create_task(take())
    await asyncio.sleep(0.1)
    assert not taking.done()  # one is free, and both are wanted
    end.set()
    await asyncio.wait_for(taking, 20)
    assert slots.busy == 0
    slots.close()


async def test_what_a_slot_raises_is_the_caller_s_and_the_slot_is_free_again() -> None:
    slots = Slots(1)
    with pytest.raises(ZeroDivisionError):
        async with slots.lend() as slot:
            await slots.run(slot, lambda: 1 // 0)
    assert slots.busy == 0
    slots.close()
