"""Pictures that are drawn here: a problem's, for previews of links, and the site's mark in sizes that browsers ask for.

┌────────────────────────────────┐
│ (✓) judge                      │
│                                │
│ Mean with weights              │   at most TITLE_LINES, in smaller letters if it is long
│ weighted_mean(values, ...)     │   at most SIGNATURE_LINES
│                                │
│ [numpy] [means]                │   those that fit
└────────────────────────────────┘
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630  # pixels: what previews ask for
MARGIN = 72
MOST_CHARACTERS = 200  # of a text that is drawn
TITLE_SIZES = (80, 64, 52)  # of the letters, in pixels; the first at which the title fits
TITLE_LINES, SIGNATURE_LINES = 2, 2
SIGNATURE_SIZE, SMALL_SIZE = 36, 30
SCALE = 4  # the mark is drawn larger and reduced: its edges are smooth
MARK_UNITS = 24  # of the mark's own drawing, static/mark.svg
ICON_PIXELS = (16, 32, 48)  # in favicon.ico
TOUCH_PIXELS = 180

PAPER, INK, MUTED, ACCENT, SOFT = "#ffffff", "#1b1d20", "#565c64", "#2f4fc4", "#eaeefb"


def draw_problem(title: str, signature: str, facts: Sequence[str]) -> bytes:
    """Return a problem's picture as PNG. `facts` are tags and what else is said in a word or two."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 14, HEIGHT), fill=ACCENT)
    mark = _mark(64)
    picture.paste(mark, (MARGIN, MARGIN), mark)
    draw.text((MARGIN + 84, MARGIN + 32), "judge", font=_font(44), fill=INK, anchor="lm")
    size = next((each for each in TITLE_SIZES if len(_lines(title, each)) <= TITLE_LINES), TITLE_SIZES[-1])
    below = _write(draw, _lines(title, size)[:TITLE_LINES], 190, size, INK)
    _write(draw, _lines(signature, SIGNATURE_SIZE)[:SIGNATURE_LINES], below + 24, SIGNATURE_SIZE, MUTED)
    _chips(draw, facts)
    return _png(picture)


@lru_cache(maxsize=1)
def touch_icon() -> bytes:
    """Return the mark on a full square, as PNG."""
    picture = Image.new("RGB", (TOUCH_PIXELS, TOUCH_PIXELS), PAPER)
    mark = _mark(TOUCH_PIXELS - 24)
    picture.paste(mark, (12, 12), mark)
    return _png(picture)


@lru_cache(maxsize=1)
def favicon() -> bytes:
    """Return the mark in ICON_PIXELS, as ICO."""
    out = BytesIO()
    largest, *others = (_mark(pixels) for pixels in reversed(ICON_PIXELS))
    largest.save(out, "ICO", sizes=[(pixels, pixels) for pixels in ICON_PIXELS], append_images=others)
    return out.getvalue()


def drawable(text: str) -> str | None:
    """Return as much of a text as is drawn, letters without their accents; None if the font lacks a character."""
    decomposed = unicodedata.normalize("NFKD", text[:MOST_CHARACTERS])
    plain = "".join(each for each in decomposed if not unicodedata.combining(each))
    font = _font(SMALL_SIZE)
    missing = bytes(font.getmask("\uffff"))
    return plain if all(each.isspace() or bytes(font.getmask(each)) != missing for each in set(plain)) else None


def _mark(pixels: int) -> Image.Image:
    """Return the mark of static/mark.svg: a circle with a tick, on nothing."""
    large = pixels * SCALE
    unit = large / MARK_UNITS
    picture = Image.new("RGBA", (large, large), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    ring, half = 2.4 * unit, 1.2 * unit
    draw.ellipse(
        (2.5 * unit - half, 2.5 * unit - half, 21.5 * unit + half, 21.5 * unit + half),
        fill=PAPER, outline=ACCENT, width=round(ring),
    )  # fmt: skip
    points = [(7.8 * unit, 12.4 * unit), (10.7 * unit, 15.3 * unit), (16.3 * unit, 9.1 * unit)]
    draw.line(points, fill=ACCENT, width=round(ring), joint="curve")
    for x, y in (points[0], points[-1]):
        draw.ellipse((x - half, y - half, x + half, y + half), fill=ACCENT)
    return picture.resize((pixels, pixels), Image.Resampling.LANCZOS)


def _lines(text: str, size: int) -> list[str]:
    """Return a text in lines that fit, broken at spaces; a word that is too long is cut."""
    font, room = _font(size), WIDTH - 2 * MARGIN
    lines: list[str] = []
    for word in text[:MOST_CHARACTERS].split():
        while font.getlength(word) > room:
            word = f"{word[:-2]}…"
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(joined) <= room:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def _write(draw: ImageDraw.ImageDraw, lines: Sequence[str], top: int, size: int, colour: str) -> int:
    """Write lines one below the other, and return where the next one would begin."""
    for line in lines:
        draw.text((MARGIN, top), line, font=_font(size), fill=colour)
        top += round(size * 1.25)
    return top


def _chips(draw: ImageDraw.ImageDraw, facts: Sequence[str]) -> None:
    """Draw facts in a row of rounded boxes at the foot, as many as fit."""
    font, left, top, height = _font(SMALL_SIZE), MARGIN, HEIGHT - MARGIN - 56, 56
    for fact in (each[:MOST_CHARACTERS] for each in facts):
        width = round(font.getlength(fact)) + 44
        if left + width > WIDTH - MARGIN:
            return
        draw.rounded_rectangle((left, top, left + width, top + height), radius=height // 2, fill=SOFT)
        draw.text((left + width // 2, top + height // 2), fact, font=font, fill=ACCENT, anchor="mm")
        left += width + 18


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font that comes with Pillow."""
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # Pillow's wheels have FreeType
    return font


def _png(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
