"""Files of /dev that a program may open to write to, where the kernel lets a box open nothing for writing.

/dev/null is what descriptor 0 is; /dev/stdout and /dev/stderr are the box's own pipes. Opening one of them gives a
duplicate of a descriptor that is open already, so no rule of the box has to know of it.
"""

import builtins
import functools
import io
import os
from typing import Any

DESCRIPTORS = {"/dev/null": 0, "/dev/stdout": 1, "/dev/stderr": 2}


def install() -> None:
    """Have `open`, `io.open` and `os.open` give duplicates, for the life of this process and its forks."""
    open_file, open_descriptor = io.open, os.open

    @functools.wraps(open_descriptor)
    def descriptor(path: Any, flags: int, *arguments: Any, **keywords: Any) -> int:
        found = _descriptor_of(path)
        return open_descriptor(path, flags, *arguments, **keywords) if found is None else os.dup(found)

    @functools.wraps(open_file)
    def file(path: Any, mode: str = "r", *arguments: Any, **keywords: Any) -> Any:
        if _descriptor_of(path) is not None and len(arguments) < 6 and keywords.get("opener") is None:
            keywords["opener"] = descriptor
        return open_file(path, mode, *arguments, **keywords)

    os.open = descriptor
    io.open = builtins.open = file


def _descriptor_of(path: Any) -> int | None:
    try:
        return DESCRIPTORS.get(os.fsdecode(path))
    except TypeError:  # a descriptor, or nothing that names a file
        return None
