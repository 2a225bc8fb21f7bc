"""Runs a command in a terminal of its own, and returns what it wrote there."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

READ_SECONDS = 0.1
END_SECONDS = 60.0
CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\]8;[^\x1b]*\x1b\\")


def in_terminal(
    arguments: list[str], variables: Mapping[str, str], until: Callable[[str], bool], seconds: float
) -> tuple[str, int]:
    """Run `judge` with these arguments until its output is enough or `seconds` are over; return output and status."""
    ours, theirs = pty.openpty()
    environment = dict(os.environ) | {"TERM": "xterm-256color", "COLUMNS": "120", **variables}
    process = subprocess.Popen(
        [sys.executable, "-m", "judge", *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    output, end, stopped = "", time.monotonic() + seconds, False
    while True:
        if select.select([ours], [], [], READ_SECONDS)[0]:
            try:
                output += os.read(ours, 65_536).decode(errors="replace")
            except OSError:  # the last one that held the terminal has ended
                break
        if not stopped and (until(output) or time.monotonic() > end):
            process.send_signal(signal.SIGINT)
            stopped, end = True, time.monotonic() + END_SECONDS
        if stopped and time.monotonic() > end:
            process.kill()
            break
    os.close(ours)
    return output, process.wait(END_SECONDS)


def texts(output: str) -> list[str]:
    """Return what a terminal showed, line by line and each text once, without colours and movements."""
    lines = (line.strip(" ⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏") for line in re.split(r"[\r\n]+", CONTROL.sub("", output)))
    return [line for line in dict.fromkeys(lines) if line]
