"""Takes the README's picture of a judge: `uv run python -m tests.browser.picture docs/images/submission.png`."""

import struct
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS, open_problem, paper, submit
from tests.browser.server import Server

WIDTH, HEIGHT = 1280, 800
SIGNATURE = 8  # bytes before a PNG's first chunk
COLOURS = 256
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
    """Return the same picture in its 256 most common colours, which is a third of the bytes."""
    chunks, at = [], SIGNATURE
    while at < len(png):
        [size] = struct.unpack_from(">I", png, at)
        chunks.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + size]))
        at += size + 12
    width, height, depth, kind = struct.unpack_from(">IIBB", dict(chunks)[b"IHDR"])
    assert (depth, kind) in {(8, 2), (8, 6)}, "a browser writes RGB or RGBA"
    channels = 3 if kind == 2 else 4
    raw = zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT"))
    pixels = unfiltered(raw, width * channels, channels).reshape(-1, channels)[:, :3]
    colours, which, counts = np.unique(pixels, axis=0, return_inverse=True, return_counts=True)
    palette = colours[np.argsort(-counts)[:COLOURS]]
    nearest = np.square(colours[:, None].astype(int) - palette).sum(axis=2).argmin(axis=1).astype(np.uint8)
    rows = np.pad(nearest[which].reshape(height, width), ((0, 0), (1, 0)))  # each begins with its filter: 0, none
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    kept = (
        (b"IHDR", header),
        (b"PLTE", palette.tobytes()),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    )
    return png[:SIGNATURE] + b"".join(_chunk(name, data) for name, data in kept)


def unfiltered(raw: bytes, stride: int, step: int) -> np.ndarray:
    """Return the bytes of each row of a PNG whose pixels have `step` bytes."""
    rows, before = [], bytearray(stride)
    for start in range(0, len(raw), stride + 1):
        row = bytearray(raw[start + 1 : start + 1 + stride])
        predict = PREDICTIONS[raw[start]]
        for at in range(stride):
            left, corner = (row[at - step], before[at - step]) if at >= step else (0, 0)
            row[at] = (row[at] + predict(left, before[at], corner)) & 255
        rows.append(row)
        before = row
    return np.array(rows, np.uint8)


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda value: abs(guess - value))


PREDICTIONS: tuple[Callable[[int, int, int], int], ...] = (
    lambda _left, _up, _corner: 0,
    lambda left, _up, _corner: left,
    lambda _left, up, _corner: up,
    lambda left, up, _corner: (left + up) // 2,
    _paeth,
)


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
