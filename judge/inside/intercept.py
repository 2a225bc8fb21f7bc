"""Functions that leave the fast lane before they do what they always did."""

from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, NoReturn, TypeAlias

from .messages import FallbackReason

Leave: TypeAlias = Callable[[FallbackReason], NoReturn]


def before(leave: Leave, owner: Any, name: str, reason_of: Callable[..., FallbackReason | None]) -> None:
    """Have `owner.name` leave where `reason_of` its arguments gives a reason; otherwise it does what it did."""
    original = getattr(owner, name)

    def watched(*arguments: Any, **keywords: Any) -> Any:
        if (reason := reason_of(*arguments, **keywords)) is not None:
            leave(reason)
        return original(*arguments, **keywords)

    setattr(owner, name, watched)


def frames_of(traceback: TracebackType | None) -> list[FrameType]:
    """Return the frames of a traceback, the outermost first."""
    frames = []
    while traceback is not None:
        frames.append(traceback.tb_frame)
        traceback = traceback.tb_next
    return frames
