"""From a submission's text to its entry point, or to what is wrong with it."""

import inspect
import linecache
import sys
from types import ModuleType
from typing import Any

from . import device_files, exceptions, fallback_guard
from .exceptions import FILE_NAME

MODULE_NAME = "solution"  # not "__main__": a guarded main block is the author's own test, and not run
MAIN = "__main__"  # the same module, for what asks Python for the program that runs; the judge's own is not there


def load(source: str, entry: str, arity: int) -> tuple[ModuleType | None, dict[str, Any] | None]:
    """(module, None), or (None, failure) with `stage` "not_loaded" or "raised" and the exception's `raised`."""
    module = ModuleType(MODULE_NAME)
    module.__file__ = FILE_NAME
    sys.modules[MODULE_NAME] = sys.modules[MAIN] = module  # dataclasses and NNX look a class's module up
    sys.argv[:] = [FILE_NAME]
    device_files.texts[FILE_NAME] = source.encode()
    sys.modules["judge"] = None  # type: ignore[assignment]  # there is no such module in here
    linecache.cache[FILE_NAME] = (len(source), None, source.splitlines(keepends=True), FILE_NAME)
    try:
        code = compile(source, FILE_NAME, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if not isinstance(error, SyntaxError):
            fallback_guard.examine(error)
        return None, _failure("not_loaded", exceptions.of_syntax(error))
    try:
        exec(code, module.__dict__)  # noqa: S102  (this is what a judge is for)
    except ImportError as error:
        fallback_guard.examine(error)
        return None, _failure("not_loaded", exceptions.of(error))
    except BaseException as error:
        fallback_guard.examine(error)
        return None, _failure("raised", exceptions.of(error))
    fault = _entry_fault(module, entry, arity)
    if fault:
        return None, _failure("not_loaded", {"type": "EntryPointError", "message": fault, "traceback": "", "line": 0})
    return module, None


def _failure(stage: str, raised: dict[str, Any]) -> dict[str, Any]:
    return {"stage": stage, "raised": raised}


def _entry_fault(module: ModuleType, entry: str, arity: int) -> str:
    function = module.__dict__.get(entry)
    if function is None:
        return f"there is no function {entry} in it"
    if not callable(function):
        return f"{entry} is not a function but {type(function).__name__}"
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):
        return ""  # a callable that doesn't say: calling it will tell
    try:
        signature.bind(*range(arity))
    except TypeError as error:
        return f"{entry}{signature} can't be called with {arity} arguments: {error}"
    return ""
