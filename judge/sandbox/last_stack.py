"""Asks a box whose time is up for the stack of its program, and reads the answer as what it is: anyone's words.

judge ──signal──────> main thread: faulthandler writes its stack, then the signal's default action ends the process
      <──descriptor 5── that text, or whatever else the program wrote there

Only numbers of lines and names of functions that the source has are kept.
"""

import os
import re
import select
import signal
import time

from judge.inside.exceptions import FILE_NAME
from judge.sandbox.box import Frame
from judge.sandbox.zygote_connection import ChildProcess, ZygoteConnection
from judge.submission import lines_of

WAIT_SECONDS = 0.1  # for the answer; then a box is killed that ignores the signal
MAX_BYTES = 32 * 1024  # of the answer: faulthandler writes at most 100 frames, most of them of libraries
MAX_FRAMES = 100
_PIPE_BYTES = 1 << 16  # that a pipe holds
_FRAME = re.compile(rb'  File "%b", line ([0-9]{1,7}) in ([!-~]{1,500})' % re.escape(FILE_NAME.encode()))
_DEFINITION = re.compile(r"\b(?:def|class)\s+(\w+)")
_SCOPES = ("<module>", "<lambda>", "<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")


def ask(connection: ZygoteConnection, child: ChildProcess, descriptor: int) -> bytes:
    """Return what a child writes into its stack's pipe when asked for it, within WAIT_SECONDS; it may end of that."""
    _read(descriptor, _PIPE_BYTES)  # written before the question, so not an answer to it
    deadline = time.perf_counter() + WAIT_SECONDS
    connection.signal(child, signal.SIGXCPU)
    connection.signal(child, signal.SIGCONT)  # a process that is stopped handles no signal
    poll, answer = select.poll(), b""
    poll.register(descriptor, select.POLLIN)
    while len(answer) < MAX_BYTES and (left := deadline - time.perf_counter()) > 0:
        if poll.poll(left * 1e3):
            data = _read(descriptor, MAX_BYTES - len(answer))
            if not data:
                break
            answer += data
    return answer


def parse(answer: bytes, source: str) -> tuple[Frame, ...]:
    """Return the frames of the program in `answer`, the innermost last; empty where there are none, or it is forged.

    Every line is one of `source`, and every function's name one that it defines.
    """
    most = len(lines_of(source))
    names = {name.encode("ascii", "backslashreplace"): name for name in (*_SCOPES, *_DEFINITION.findall(source))}
    found: list[Frame] = []
    for text in answer[:MAX_BYTES].split(b"\n")[:-1]:  # the last one may be cut
        match = _FRAME.fullmatch(text)
        if match and 0 < int(match[1]) <= most and match[2] in names and len(found) < MAX_FRAMES:
            found.append(Frame(int(match[1]), names[match[2]]))
    return tuple(reversed(found))


def _read(descriptor: int, most: int) -> bytes:
    try:
        return os.read(descriptor, most)
    except BlockingIOError:
        return b""
