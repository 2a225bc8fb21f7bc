"""Load a submission: run its module, and find its entry point or what is wrong with it."""

import inspect
import io
import linecache
import sys
from types import FunctionType, ModuleType

from . import device_files, exceptions, fallback_guard
from .exceptions import FILE_NAME
from .messages import LoadFailure, LoadStage, Raised

MODULE_NAME = "solution"  # not "__main__": a guarded main block is the author's own test, and not run
MAX_OTHERS = 3  # functions that are named where the entry point is missing
MAX_NAME = 60  # characters of one of them
MAIN = "__main__"  # the same module, for what asks Python for the program that runs; the judge's own is not there


def load(source: str, entry: str, arity: int) -> ModuleType | LoadFailure:
    """Return the submission's module, or why its entry point can't be called with `arity` arguments."""
    module = ModuleType(MODULE_NAME)
    module.__file__ = FILE_NAME
    sys.modules[MODULE_NAME] = sys.modules[MAIN] = module  # dataclasses and NNX look a class's module up
    sys.argv[:] = [FILE_NAME]
    device_files.texts[FILE_NAME] = source.encode()
    sys.modules["judge"] = None  # type: ignore[assignment]  # there is no such module in here
    linecache.cache[FILE_NAME] = (len(source), None, list(io.StringIO(source, newline=None)), FILE_NAME)
    try:
        code = compile(source, FILE_NAME, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        if not isinstance(error, SyntaxError):
            fallback_guard.examine(error)
        return LoadFailure(stage=LoadStage.NOT_LOADED, raised=exceptions.describe_syntax(error))
    try:
        exec(code, module.__dict__)  # noqa: S102  (this is what a judge is for)
    except ImportError as error:
        fallback_guard.examine(error)
        return LoadFailure(stage=LoadStage.NOT_LOADED, raised=exceptions.describe(error))
    except BaseException as error:
        fallback_guard.examine(error)
        return LoadFailure(stage=LoadStage.RAISED, raised=exceptions.describe(error))
    fault = _entry_fault(module, entry, arity)
    if fault:
        raised = Raised(type="EntryPointError", message=fault, traceback="", line=0)
        return LoadFailure(stage=LoadStage.NOT_LOADED, raised=raised)
    return module


def _entry_fault(module: ModuleType, entry: str, arity: int) -> str:
    function = module.__dict__.get(entry)
    if function is None:
        return f"the submission does not define `{entry}`{_others(module)}"
    if not callable(function):
        return f"`{entry}` is not a function but {type(function).__name__}"
    try:
        signature = inspect.signature(function)
    except (ValueError, TypeError):
        return ""  # a callable without a signature: the calls will show
    try:
        signature.bind(*range(arity))
    except TypeError as error:
        return f"{entry}{signature} can't be called with {arity} arguments: {error}"
    return ""


def _others(module: ModuleType) -> str:
    """Return which functions a submission without its entry point defines, with their lines; empty for none."""
    found = [
        f"`{name[:MAX_NAME]}` (line {value.__code__.co_firstlineno})"
        for name, value in module.__dict__.items()
        if type(value) is FunctionType and type(name) is str and value.__code__.co_filename == FILE_NAME
    ]
    return f"; it defines {', '.join(found[:MAX_OTHERS])}" if found else ""
