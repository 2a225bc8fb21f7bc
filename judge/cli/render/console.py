"""Standard output as commands use it: fitted to a terminal, and unbroken where a pipe or a file takes it."""

import sys

from rich.console import Console, RenderableType

UNBROKEN = 1_000_000  # columns that no line of ours fills: `grep` has to find a whole line, and whole paths


def is_terminal() -> bool:
    """Whether a person reads along."""
    return sys.stdout.isatty()


def say(renderable: RenderableType = "", console: Console | None = None) -> None:
    """Print a text with rich's markup, or anything else that rich can print."""
    console = console or Console(highlight=False, emoji=False)
    if is_terminal():
        console.print(renderable)
        return
    console.width = UNBROKEN
    with console.capture() as captured:
        console.print(renderable)
    for line in captured.get().removesuffix("\n").split("\n"):
        print(line.rstrip())  # a table fills its last column with blanks
