"""Listeners of one process: each notification reaches the inboxes that it concerns, and wakes who waits."""

import asyncio

from judge.store.notifications import PROGRESS, Notification, Notifications, next_change


def kinds(inbox) -> list[str]:
    return [inbox.get_nowait().kind for _ in range(inbox.qsize())]


async def test_a_notification_reaches_listeners_of_its_judging_and_of_all() -> None:
    notifications = Notifications()
    with notifications.listen("a") as own, notifications.listen() as everything, notifications.listen("b") as other:
        notifications.deliver(Notification(kind="started", judging_id="a"))
    notifications.deliver(Notification(kind="done", judging_id="a"))
    assert (kinds(own), kinds(everything), kinds(other)) == (["started"], ["started"], [])


async def test_who_listens_after_the_end_is_woken_to_read() -> None:
    notifications = Notifications()
    notifications.deliver(Notification(kind="done", judging_id="a"))
    with notifications.listen("a") as inbox:
        assert kinds(inbox) == ["lost"]


async def test_closing_wakes_every_listener() -> None:
    notifications = Notifications()
    with notifications.listen("a") as one, notifications.listen() as other:
        notifications.close()
        assert (kinds(one), kinds(other)) == (["lost"], ["lost"])
    assert notifications.closed


async def test_a_change_is_awaited_past_ignored_kinds_and_takes_what_came_with_it() -> None:
    notifications = Notifications()
    until = asyncio.get_running_loop().time() + 60
    with notifications.listen("a") as inbox:
        waiting = asyncio.create_task(next_change(inbox, until, PROGRESS))
        notifications.deliver(Notification(kind="cases", judging_id="a"))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        for kind in ("queued", "started", "cases"):
            notifications.deliver(Notification(kind=kind, judging_id="a"))
        async with asyncio.timeout(20):
            await waiting
        assert inbox.empty()


async def test_waiting_for_a_change_ends_at_its_time() -> None:
    async with asyncio.timeout(20):
        await next_change(asyncio.Queue(), asyncio.get_running_loop().time() + 0.01)
