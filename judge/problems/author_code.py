"""The author's own NumPy code (cases.py, check.py), run in the judge's process under names that nothing else has."""

import itertools
import sys
import traceback
import types
from pathlib import Path

_numbers = itertools.count(1)


def load_module(file: Path, source: str) -> types.ModuleType:
    """Return the module that `source` defines. It is not left in sys.modules, and no bytecode is written beside it.

    Raises whatever the module raises while it is loaded.
    """
    name = f"_judge_package_{next(_numbers)}_{file.stem}"
    module = types.ModuleType(name)
    module.__file__ = str(file)
    sys.modules[name] = module  # dataclasses and enums look their module up while they are being made
    try:
        exec(compile(source, str(file), "exec"), module.__dict__)  # noqa: S102 - the author is trusted
    finally:
        del sys.modules[name]
    return module


def where_raised(error: BaseException, file: Path) -> str:
    """Return `cases.py:12` for the last frame of `error` that lies in `file`, or the file's name alone."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    return f"{file.name}:{lines[-1]}" if lines else file.name
