"""Draws the comparison of two programs in a helper process, and caches it by their texts."""

import hashlib
from collections.abc import Iterator
from functools import lru_cache

import structlog
from markupsafe import Markup

from judge.web.offload.pool import HelperFailed, HelperPool, Overdue
from judge.web.pages.diff import compare_programs
from judge.web.pages.fragment_cache import ContentCache
from judge.web.pages.templating import Drawing

CACHED_BYTES = 4 * 1024 * 1024  # of HTML
DIFF = "parts/diff.html"

log = structlog.stdlib.get_logger(__name__)


class DiffDrawer:
    """Draws comparisons of two programs with the helper processes of `pool`."""

    def __init__(self, pool: HelperPool) -> None:
        self._pool = pool
        self._drawn: ContentCache[Markup] = ContentCache(CACHED_BYTES)

    async def draw(self, left: str, right: str, labels: tuple[str, str], client: str) -> Markup:
        """Return the table of two programs; nothing if it takes too long. Raises Refusal if too many jobs wait.

        `labels` head its columns.
        """
        texts = [text.encode("utf-8", "replace") for text in (left, right)]

        async def draw() -> tuple[Markup, int | None]:
            try:
                pieces = await self._pool.run(draw_diff, (labels, len(texts[0])), texts, client)
            except (Overdue, HelperFailed) as error:
                log.warning("two programs are not compared", reason=repr(error))
                return Markup(), 0 if isinstance(error, Overdue) and error.final else None
            return Markup(pieces[0].decode()), len(pieces[0])  # noqa: S704 - drawn and escaped by our own template

        return await self._drawn.get((*(hashlib.sha256(text).digest() for text in texts), labels), draw)


def draw_diff(order: tuple[tuple[str, str], int], body: bytes) -> Iterator[bytes]:
    """Task: yield the table of two programs as HTML; `order` has its labels and the length of the first program."""
    labels, length = order
    left, right = (text.decode("utf-8", "replace") for text in (body[:length], body[length:]))
    yield _drawing().part(DIFF, "diff", compare_programs(left, right), *labels).encode("utf-8", "replace")


@lru_cache(maxsize=1)
def _drawing() -> Drawing:
    return Drawing(lambda name: name)  # a comparison has no pictures
