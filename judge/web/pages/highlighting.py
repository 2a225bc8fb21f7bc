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

REMEMBERED = 64  # texts
COLOUR_SECONDS = 0.15  # of CPU time; what is left then stays without colours
MOST_LINES = 5_000  # shown: nobody reads on


@lru_cache(maxsize=REMEMBERED)
def highlight_python(source: str, seconds: float = COLOUR_SECONDS) -> tuple[Markup, ...]:
    """Return each line of `source` as HTML, coloured; characters that hide or turn text are shown.

    After `seconds` the rest is left without colours; after MOST_LINES lines the last one says how many are left out.
    """
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()  # the end of the last line
    shown = "\n".join(lines[:MOST_LINES])
    left_out = [Markup(f"… {len(lines) - MOST_LINES:,} more lines")] if len(lines) > MOST_LINES else []  # noqa: S704
    formatter = HtmlFormatter(nowrap=True)
    coloured = highlight(shown, _Hurried(shown, seconds), formatter).split("\n") if shown else [""] * bool(lines)
    coloured = coloured[: min(len(lines), MOST_LINES)]  # the formatter may end the last line
    return (*(reveal_in_markup(line) for line in coloured), *left_out)


class _Hurried(PythonLexer):  # type: ignore[misc]  # its stubs say Any
    """A lexer that gives up: what it has not come to is plain text."""

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
