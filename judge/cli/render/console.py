"""Prints to standard output: fitted to a terminal, and with unbroken lines for pipes and files."""

import sys

from rich.console import Console, RenderableType

UNBROKEN = 1_000_000  # columns, more than any line of ours has: `grep` has to find whole lines, and whole paths


def is_terminal() -> bool:
    """Return True if standard output is a terminal."""
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
