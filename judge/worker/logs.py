"""Structured logs on stderr: JSON for machines, one plain line for people."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from judge.settings import Settings


class _Stderr(logging.StreamHandler[Any]):
    """Writes to standard error as it is now: a display of progress may stand in for it."""

    @property
    def stream(self) -> Any:
        """Return standard error."""
        return sys.stderr

    @stream.setter
    def stream(self, _: Any) -> None:
        """Ignore a stream that is given: it is looked up each time."""


def set_up_logs(settings: Settings, *, quiet: bool = False) -> None:
    """Send everything that this process logs through structlog, the libraries' lines too.

    With `quiet`, people at a terminal get warnings only, unless the settings ask for more.
    """
    terminal = settings.log_format == "auto" and sys.stderr.isatty()
    text = settings.log_format == "text" or terminal
    quiet = quiet and terminal and "log_level" not in settings.model_fields_set
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    console = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    last: list[Any] = (
        [_without_our_traceback, console]
        if text
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    handler = _Stderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(), _without_colours],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING if quiet else settings.log_level.upper())
    for noisy in ("httpx", "httpcore", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _without_colours(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop uvicorn's second copy of a message, with the codes of a terminal's colours."""
    event.pop("color_message", None)
    return event


def _without_our_traceback(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep the sentence of an error of the judge that a library logs with its whole traceback: it says what to do."""
    lines = str(event.get("event", "")).strip().splitlines()
    if len(lines) > 1 and lines[0].startswith("Traceback") and lines[-1].startswith("judge.errors."):
        event["event"] = lines[-1].partition(": ")[2]
    return event
