"""Server-sent events about one submission: the loop that the API's stream and the page's stream share."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing

from fastapi.sse import KEEPALIVE_COMMENT

from judge.errors import StoreFault
from judge.store.records import SubmissionRecord
from judge.store.store import Store
from judge.web.limits import STREAM_SECONDS
from judge.web.problem_details import Refusal

SILENCE_SECONDS = 15.0  # longest time without a byte: proxies end connections that are silent


async def event_stream(
    store: Store,
    submission_id: str,
    judging_id: str,
    changes: Callable[[SubmissionRecord], AsyncIterator[bytes]],
    require_right: Callable[[SubmissionRecord], Awaitable[None]],
) -> AsyncIterator[bytes]:
    """Stream the events of a submission until its end, or until the stream's time is over.

    `changes` makes the events that a new state leads to; it is called also where nothing has changed. While it makes
    none, comments keep the connection open. The stream ends early when the database can't be read, or when `changes`
    or `require_right`, which looks whether its client may still read it, raises Refusal: the client comes back.
    """
    clock = asyncio.get_running_loop().time
    quiet_since = clock()
    try:
        async with aclosing(store.submissions.follow(submission_id, judging_id, STREAM_SECONDS)) as states:
            async for stored in states:
                await require_right(stored)
                async for event in changes(stored):
                    quiet_since = clock()
                    yield event
                if clock() - quiet_since > SILENCE_SECONDS:
                    quiet_since = clock()
                    yield KEEPALIVE_COMMENT
    except (StoreFault, Refusal):
        return
