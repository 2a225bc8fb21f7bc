"""The process that makes the table: `python -m judge.web.completion` writes it to its output, as JSON in gzip."""

import gzip
import json
import os
import sys

from judge.web.completion.collect import collect

NICENESS = 10  # judging comes first


def packed() -> bytes:
    """Return the table of the installed libraries as it is sent."""
    text = json.dumps(collect(), ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), 9, mtime=0)


if __name__ == "__main__":
    os.nice(NICENESS)
    sys.stdout.buffer.write(packed())
