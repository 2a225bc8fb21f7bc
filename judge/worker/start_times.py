"""The seconds that the last starts of a worker took, kept in a file: a page can say when the next one will be over.

<cache>/start-seconds.json    {"compiled": 2.1, "new": 31.0}    with the programs of a problem on disk, and without
"""

import json
from contextlib import suppress
from pathlib import Path

FILE = "start-seconds.json"
DEFAULTS = {"compiled": 4.0, "new": 30.0}  # on two usual processors
MOST_SECONDS = 600.0
LEAST_LEFT = 1.0  # of a start that takes longer than the last one did
MAX_BYTES = 1024


class StartTimes:
    """Seconds that a worker takes until its self-test has passed, as they were last measured on this machine."""

    def __init__(self, cache_dir: Path) -> None:
        self._file = cache_dir / FILE
        self._kind = "compiled" if any((cache_dir / "expected").glob("*/*.frame")) else "new"

    def expected(self) -> float:
        """Return the seconds that a start takes in all."""
        return self._read()[self._kind]

    def left(self, elapsed: float) -> float:
        """Return the seconds that are left of a start that began `elapsed` seconds ago."""
        return max(LEAST_LEFT, self.expected() - elapsed)

    def keep(self, seconds: float) -> None:
        """Write down how long this start took."""
        times = self._read() | {self._kind: min(seconds, MOST_SECONDS)}
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            new = self._file.with_suffix(".new")
            new.write_text(json.dumps(times))
            new.replace(self._file)

    def _read(self) -> dict[str, float]:
        times = dict(DEFAULTS)
        with suppress(OSError, ValueError, AttributeError, TypeError):
            if self._file.stat().st_size <= MAX_BYTES:
                found = json.loads(self._file.read_text())
                kept = {kind: float(found.get(kind, 0)) for kind in DEFAULTS}
                times |= {kind: seconds for kind, seconds in kept.items() if 0.0 < seconds <= MOST_SECONDS}
        return times
