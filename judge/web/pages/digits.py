"""Numbers as text: every digit, or six of them, and the digits in which two numbers differ."""

import math
import re

import numpy as np
from markupsafe import Markup

from judge.web.pages.text import reveal

SHORT_DIGITS = 6  # significant ones, where all of them are shown elsewhere
DIFFERENCE_DIGITS = 3
RATIO_DIGITS = 4
LARGEST_FLOAT32 = float(np.finfo(np.float32).max)
_DIGIT_RUNS = re.compile(r"(\d{1,12})")


def number_text(value: float) -> str:
    """Return the shortest text that reads back as the same float32, or as the same float64 if it is not one."""
    if not math.isfinite(value):
        return str(value)
    if is_float32(value):
        return plain_exponent(str(np.float32(value)))
    return plain_exponent(repr(value))


def is_float32(value: float) -> bool:
    """Return whether a float32 holds exactly this finite number."""
    return abs(value) <= LARGEST_FLOAT32 and float(np.float32(value)) == value


def short_text(value: float, digits: int = SHORT_DIGITS) -> str:
    """Return a number with at most `digits` significant digits; whole numbers of Python stay as they are."""
    if isinstance(value, int):
        return str(value)
    text = plain_exponent(f"{value:.{digits}g}")
    return f"{text}.0" if text.lstrip("-").isdigit() else text


def pair_texts(want: float, got: float) -> tuple[str, str]:
    """Return two numbers with six digits, or with all of them where those are the same."""
    short = short_text(want), short_text(got)
    if short[0] != short[1] or want == got or (math.isnan(want) and math.isnan(got)):
        return short
    return _whole_text(want), _whole_text(got)


def ratio_text(want: float, got: float) -> str:
    """Return `got` / `want` for people; an empty text where there is no such number."""
    if not want or not math.isfinite(want) or not math.isfinite(got):
        return ""
    ratio = got / want
    return plain_exponent(f"{ratio:.{RATIO_DIGITS}g}") if math.isfinite(ratio) else ""


def difference_text(want: float, got: float) -> str:
    """Return `got` - `want` with its sign; an empty text where there is no such number."""
    difference = got - want
    if not math.isfinite(difference):
        return ""
    return plain_exponent(f"{difference:+.{DIFFERENCE_DIGITS}g}") if difference else "0"


def as_float(value: object) -> float:
    """Return a number or boolean of JSON as a float; NaN for everything else."""
    if not isinstance(value, bool | int | float):
        return math.nan
    try:
        return float(value)
    except OverflowError:  # a whole number of more than 308 digits
        return math.inf if value > 0 else -math.inf


def marked(text: str, keep: int) -> Markup:
    """Return `text` as HTML, marked from the character at `keep`."""
    if keep >= len(text):
        return reveal(text)
    return Markup("{}<mark>{}</mark>").format(reveal(text[:keep]), reveal(text[keep:]))


def common_digits(left: str, right: str) -> int:
    """Return the number of leading characters that are equal; 0 if the numbers differ in size."""
    if _size(left) != _size(right):
        return 0
    pairs = zip(left, right, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(left), len(right)))


def natural_key(path: str) -> tuple[tuple[int, str, int], ...]:
    """Return a key that sorts `l2` before `l10`."""
    return tuple((1, "", int(part)) if part.isdecimal() and part.isascii() else (0, part, 0)
                 for part in _DIGIT_RUNS.split(path) if part)  # fmt: skip


def _whole_text(value: float) -> str:
    return str(value) if isinstance(value, int) else number_text(value)


def plain_exponent(text: str) -> str:
    """Return a number's text without the plus sign of its exponent."""
    return text.replace("e+", "e")


def _size(text: str) -> tuple[int, str]:
    mantissa, _, power = text.partition("e")
    return len(mantissa.partition(".")[0]), power
