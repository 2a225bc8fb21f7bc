"""An exception of the submission, made safe to send: its own lines only, every text capped."""

import linecache
from collections.abc import Callable, Sequence
from types import TracebackType

from .messages import Raised

MAX_MESSAGE = 2000  # characters
MAX_FRAMES = 12
FILE_NAME = "solution.py"


def describe(error: BaseException) -> Raised:
    """Return what is sent of `error`. Calls its `__str__`, which may run the submission's own code."""
    name = _type_name(error)
    try:
        message = str.__str__(str(error))[:MAX_MESSAGE]
    except BaseException as second:
        message = f"(no message: `__str__` raised {type(second).__name__})"
    frames = _own_frames(error.__traceback__)
    return Raised(
        type=name,
        message=message,
        traceback=_text(frames, name, message),
        line=frames[-1][0] if frames else 0,
    )


def describe_syntax(error: BaseException) -> Raised:
    """Return what is sent of an error of compile(), with the line and a marker under the place."""
    name = type(error).__name__
    if not isinstance(error, SyntaxError):
        return Raised(type=name, message=str(error)[:MAX_MESSAGE], traceback="", line=0)
    line = error.lineno or 0
    code = (error.text or "").rstrip("\n")[:200]
    stripped = code.lstrip()
    place = [f'  File "{FILE_NAME}", line {line}']
    if stripped:
        place.append(f"    {stripped}")
        if error.offset:
            place.append("    " + " " * max(0, error.offset - 1 - len(code) + len(stripped)) + "^")
    message = (error.msg or "")[:MAX_MESSAGE]
    return Raised(type=name, message=message, traceback="\n".join([*place, f"{name}: {message}"]), line=line)


def stack_lines(frames: Sequence[tuple[int, str]], code_of: Callable[[int], str]) -> list[str]:
    """Return the lines of a traceback without its end: `frames` are (line, function), `code_of` gives a line's text."""
    lines = ["Traceback (most recent call last):"] if frames else []
    shown = frames if len(frames) <= MAX_FRAMES else [*frames[: MAX_FRAMES // 2], None, *frames[-MAX_FRAMES // 2 :]]
    for frame in shown:
        if frame is None:
            lines.append(f"  ... {len(frames) - MAX_FRAMES} frames more ...")
            continue
        number, function = frame
        lines.append(f'  File "{FILE_NAME}", line {number}, in {function}')
        code = code_of(number).strip()
        if code:
            lines.append(f"    {code[:200]}")
    return lines


def _type_name(error: BaseException) -> str:
    # Past a metaclass that answers for __name__.
    return str(type.__dict__["__name__"].__get__(type(error)))[:200]


def _own_frames(traceback: TracebackType | None) -> list[tuple[int, str]]:
    frames = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename == FILE_NAME:
            frames.append((traceback.tb_lineno or 0, code.co_name))  # None for code without lines
        traceback = traceback.tb_next
    return frames


def _text(frames: list[tuple[int, str]], name: str, message: str) -> str:
    lines = stack_lines(frames, lambda number: linecache.getline(FILE_NAME, number))
    return "\n".join([*lines, f"{name}: {message}" if message else name])
