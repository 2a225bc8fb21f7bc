"""The slow parts of a submission's page: drawn once by a helper process, and cached by their content."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable, Mapping
from dataclasses import replace
from typing import Any, Generic, TypeVar

import structlog
from markupsafe import Markup

from judge.own_input import OWN
from judge.problems.problem import Problem
from judge.store.lazy_json import LazyJson
from judge.store.records import SubmissionRecord
from judge.web import limits
from judge.web.estimate import Waiting
from judge.web.offload.pool import HelperFailed, HelperPool, Overdue
from judge.web.pages import fragments
from judge.web.pages.text import blotted
from judge.web.pages.view import ResultView

CACHED_BYTES = 32 * limits.MIB  # of HTML

log = structlog.stdlib.get_logger(__name__)

Value = TypeVar("Value")
Draw = Callable[..., str]  # a macro of parts/result.html by name, and its arguments


class Drawer:
    """Draws sources and results. What a helper can't draw in time is shown without colours or charts.

    `part` draws a macro of parts/result.html in this process; `assets` are the URLs of our own files.
    """

    def __init__(self, pool: HelperPool, part: Draw, assets: Mapping[str, str]) -> None:
        self.part = part
        self._pool, self._assets = pool, dict(assets)
        self._sources: ContentCache[Markup] = ContentCache(CACHED_BYTES)
        self._results: ContentCache[tuple[Markup, fragments.Summary | None]] = ContentCache(CACHED_BYTES)

    async def source(self, source: str, line: int | None, client: str) -> Markup:
        """Return the rows of a source's table. Raises Refusal if too many jobs wait."""
        text = source.encode("utf-8", "replace")

        async def draw() -> tuple[Markup, int | None]:
            order = fragments.SourceOrder(line=line, assets=self._assets)
            try:
                pieces = await self._pool.run(fragments.draw_source, order, [text], client)
            except (Overdue, HelperFailed) as error:
                log.warning("a source is shown without colours", reason=repr(error))
                html = await asyncio.to_thread(blotted, source)
                return Markup("<pre>{}</pre>").format(html), _size(len(html), error)
            return Markup(pieces[0].decode()), len(pieces[0])  # noqa: S704 - drawn and escaped by our own template

        return await self._sources.get((hashlib.sha256(text).digest(), line), draw)

    async def result(
        self, stored: SubmissionRecord, names: tuple[str, ...], waiting: Waiting | None, client: str, *, readable: bool
    ) -> tuple[Markup, fragments.Summary | None]:
        """Return the result's element, and the facts beside it once it is done and if the report may be read.

        Raises Refusal if too many jobs wait.
        """
        report = stored.report
        if report is None or not readable:
            view = ResultView(stored=stored)
            return Markup(self.part("result", view, waiting, names)), None  # noqa: S704 - our own template
        assert isinstance(report, LazyJson)
        bare = replace(stored, report=None, source=None)

        async def draw() -> tuple[tuple[Markup, fragments.Summary | None], int | None]:
            order = fragments.ResultOrder(stored=bare, names=names, assets=self._assets)
            try:
                html, summary = await self._pool.run(fragments.draw_result, order, [report.text.encode()], client)
            except (Overdue, HelperFailed) as error:
                log.warning("a report is not drawn", submission=stored.id, reason=repr(error))
                plain = self.part("undrawn", ResultView(stored=bare))
                return (Markup(plain), None), _size(len(plain), error)  # noqa: S704 - our own template
            return (Markup(html.decode()), fragments.read_summary(summary)), len(html)  # noqa: S704 - our own template

        # An owner who erases a submission empties its report, too.
        return await self._results.get((stored.id, stored.judging_id, stored.owner, names), draw)


class ContentCache(Generic[Value]):
    """Values by their content, at most `size` bytes of them. What many ask for at once is made once.

    A value whose size is None is not kept.
    """

    def __init__(self, size: int) -> None:
        self._room = size
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[Value]] = {}

    async def get(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, tuple[Value, int | None]]]) -> Value:
        """Return the value of `key`; where it isn't cached, call `make` for the value and its size."""
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key][0]
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = asyncio.create_task(self._make(key, make))
            task.add_done_callback(lambda done: (self._making.pop(key) and done.cancelled()) or done.exception())
        return await asyncio.shield(task)

    async def _make(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, tuple[Value, int | None]]]) -> Value:
        value, size = await make()
        if size is None:
            return value
        self._values[key] = value, size
        self._room -= size
        while self._room < 0:
            self._room += self._values.popitem(last=False)[1][1]
        return value


def _size(size: int, why: Overdue | HelperFailed) -> int | None:
    """Return the size of a plain drawing; None if it should not be kept, as the next attempt may succeed."""
    return None if isinstance(why, Overdue) and not why.final else size


def expected_names(stored: SubmissionRecord, problem: Problem | None) -> tuple[str, ...]:
    """Return the names of all cases that a submission is judged on; none if its problem is gone."""
    if problem is None:
        return ()
    counts = problem.manifest.cases
    if stored.own_cases:
        return tuple(
            f"{OWN}-{number}" for number in range(1, min(stored.own_cases, counts.samples + counts.hidden) + 1)
        )
    hidden = 0 if stored.samples_only else counts.hidden
    samples = (f"sample-{number}" for number in range(1, counts.samples + 1))
    return (*samples, *(f"hidden-{number}" for number in range(1, hidden + 1)))
