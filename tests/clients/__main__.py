"""Try reports in both clients: `uv run python -m tests.clients [REPORTS]`."""

import sys
import tempfile
import time
from pathlib import Path

from tests.clients.drawn import damaged, drawn
from tests.clients.python_client import PythonClient
from tests.clients.typescript_client import TypeScriptClient

REPORTS = 10_000


def main(most: int) -> None:
    """Print how long each client takes for `most` reports; fail on the first that differs."""
    began = time.monotonic()

    def note(what: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {what}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        clients = PythonClient(Path(folder)), TypeScriptClient(Path(folder))
        note("clients generated")
        reports, wrong = drawn(most), damaged()
        note(f"{len(reports):,} reports drawn")
        for client in clients:
            assert client.returned(reports) == reports, client
            assert client.returned(list(wrong.values())) == [None] * len(wrong), client
            note(f"{type(client).__name__}: {len(reports):,} the same, {len(wrong)} damaged ones refused")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS)
