"""Python as coloured HTML, in bounded time: Pygments takes quadratic time on some texts, and seconds on a few lines."""

import time
from collections.abc import Iterable, Iterator
from functools import lru_cache

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from pygments.token import Text, _TokenType

from judge.web.pages.text import reveal_in_markup

CACHED = 64  # texts
COLOUR_SECONDS = 0.15  # of CPU time; the rest of the text stays without colours
MOST_LINES = 5_000  # shown: nobody reads on


@lru_cache(maxsize=CACHED)
def highlight_python(source: str, seconds: float = COLOUR_SECONDS) -> tuple[Markup, ...]:
    """Return each line of `source` as HTML, coloured; characters that hide or reverse text are made visible.

    After `seconds` the rest stays without colours. After MOST_LINES lines a last one counts those left out.
    """
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()  # the end of the last line
    first = "\n".join(lines[:MOST_LINES])
    left_out = [Markup(f"… {len(lines) - MOST_LINES:,} more lines")] if len(lines) > MOST_LINES else []  # noqa: S704
    formatter = HtmlFormatter(nowrap=True)
    coloured = highlight(first, _TimedLexer(first, seconds), formatter).split("\n") if first else [""] * bool(lines)
    coloured = coloured[: min(len(lines), MOST_LINES)]  # the formatter may end the last line
    return (*(reveal_in_markup(line) for line in coloured), *left_out)


class _TimedLexer(PythonLexer):  # type: ignore[misc]  # its stubs say Any
    """A lexer that gives up after `seconds` of CPU time: the rest is plain text."""

    def __init__(self, text: str, seconds: float) -> None:
        super().__init__(stripnl=False, ensurenl=False)
        self._text, self._seconds = text, seconds

    def get_tokens(self, text: str, unfiltered: bool = False) -> Iterator[tuple[_TokenType, str]]:
        """Yield tokens until the time is over, then the rest."""
        tokens: Iterable[tuple[_TokenType, str]] = super().get_tokens(text, unfiltered)
        deadline, done = time.process_time() + self._seconds, 0
        for kind, value in tokens:
            yield kind, value
            done += len(value)
            if time.process_time() > deadline:
                yield Text, self._text[done:]
                return
