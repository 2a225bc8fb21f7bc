"""Takes the README's picture of a judge: `uv run python -m tests.browser.picture docs/images/submission.png`."""

import struct
import sys
import tempfile
import zlib
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, open_problem, paper, submit
from tests.browser.server import Server

WIDTH, HEIGHT = 1280, 640
SIGNATURE = 8  # bytes before a PNG's first chunk
MAX_BYTES = 150 * 1024


def take(page: Page, target: Path) -> None:
    """Send a wrong solution, and take a picture of its verdict beside the exercise."""
    open_problem(page)
    for _ in range(2):  # the first may wait for the warm-up, which no later one does
        submit(page, paper("wrong_answer/bias-trains"), "wrong_answer")
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)
    target.write_bytes(smaller(page.screenshot(animations="disabled")))


def smaller(png: bytes) -> bytes:
    """Return the same picture, compressed as well as zlib can: a browser does that in a hurry."""
    chunks, at = [], SIGNATURE
    while at < len(png):
        [size] = struct.unpack_from(">I", png, at)
        chunks.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + size]))
        at += size + 12
    pixels = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    kept = [chunk for chunk in chunks if chunk[0] == b"IHDR"]
    kept += [(b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b"")]
    return png[:SIGNATURE] + b"".join(_chunk(kind, data) for kind, data in kept)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def main(target: Path) -> None:
    """Start a judge and a browser, take the picture, stop both."""
    if not CHROMIUM:
        sys.exit("no chromium on the PATH, and JUDGE_TEST_CHROMIUM names none")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server = Server(Path(folder))
        server.start()
        try:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, base_url=server.url)
            page.set_default_timeout(60_000)
            take(page, target)
            browser.close()
        finally:
            server.stop()
    size = target.stat().st_size
    print(f"{target}: {size // 1024} KiB")
    if size > MAX_BYTES:
        sys.exit(f"it has more than {MAX_BYTES // 1024} KiB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
