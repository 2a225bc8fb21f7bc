"""Runs many `repro.py` in one process: {name: text} comes as JSON, {name: how it ended} goes out."""

import contextlib
import io
import json
import sys
import warnings


def end_of(name: str, text: str) -> str:
    """Return `passed`, or how the program ended otherwise."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            exec(compile(text, name, "exec"), {"__name__": "__main__"})
    except SystemExit as error:
        return f"exit: {error}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "passed"


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    json.dump({name: end_of(name, text) for name, text in json.load(sys.stdin).items()}, sys.stdout)
