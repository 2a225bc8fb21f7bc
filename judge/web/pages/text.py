"""Text from outside made safe to show: escaped, with characters that hide or reverse text made visible."""

import math
import re
import unicodedata
from datetime import UTC, datetime

from markupsafe import Markup, escape

MOST_CHARACTERS = 200_000  # of one text on a page
MOST_PICTURES = 2_000  # of invisible characters, each with its name; more get only their Python escape

# Control characters but tab and line feed, then what hides, joins, turns round or ends lines in other ways.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


def _python_escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _picture(found: re.Match[str]) -> str:
    title = f"U+{ord(found[0]):04X} {unicodedata.name(found[0], 'control character')}"
    return f'<span class="unseen" title="{title}">{_python_escape(found[0])}</span>'


def invisible_count(text: str) -> int:
    """Return how many characters of `text` `reveal` shows as pictures."""
    return len(_INVISIBLE.findall(text))


def visible(text: object) -> str:
    """Return `text` for an attribute: invisible characters as Python escapes. The template escapes the markup."""
    return _INVISIBLE.sub(lambda found: _python_escape(found[0]), str(text))


def reveal(text: object) -> Markup:
    """Return `text` as HTML: markup escaped, and invisible characters shown as Python escapes."""
    plain = str(text).replace("\r\n", "\n")
    if len(plain) > MOST_CHARACTERS:
        plain = plain[:MOST_CHARACTERS] + f"\n… {len(plain) - MOST_CHARACTERS:,} more characters"
    return reveal_in_markup(str(escape(plain)))


def reveal_in_markup(markup: str) -> Markup:
    """Do the same for HTML that is already escaped, as a highlighter returns it."""
    pictured, count = _INVISIBLE.subn(_picture, markup, MOST_PICTURES)
    return Markup(visible(pictured) if count == MOST_PICTURES else pictured)  # noqa: S704 - escaped, like the pictures


def blotted(text: str) -> Markup:
    """Return `text` as HTML in the least time: markup escaped, and each invisible character as the same sign."""
    return escape(_INVISIBLE.sub("\ufffd", text.replace("\r\n", "\n")))


def inline(text: object) -> Markup:
    """Return one line of text as HTML, with `code` between back quotes; everything else stays as it is."""
    parts = str(text).split("`")
    if len(parts) % 2 == 0:  # a back quote without its partner
        parts[-2:] = ["`".join(parts[-2:])]
    texts = (
        Markup("<code>{}</code>").format(reveal(part)) if at % 2 else reveal(part) for at, part in enumerate(parts)
    )
    return Markup("").join(texts)


def ago(time: datetime, now: datetime | None = None) -> str:
    """Return the time since `time` (aware) for people; a date if it is more than a week."""
    seconds = ((now or datetime.now(UTC)) - time).total_seconds()
    if seconds < 45:
        return "just now"
    if seconds < 3600 * 1.5:
        return f"{max(1, round(seconds / 60))} min ago"
    if seconds < 3600 * 36:
        return f"{round(seconds / 3600)} hours ago"
    if seconds < 86400 * 7:
        return f"{round(seconds / 86400)} days ago"
    return f"{time:%Y-%m-%d}"


def ordinal(number: int) -> str:
    """Return `1st`, `2nd`, `3rd`, `11th` ..."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def short_number(value: float | None) -> str:
    """Return a number with five digits; a dash for None and for what is not finite."""
    return "—" if value is None or not math.isfinite(value) else f"{value:.5g}"


def error_size(value: float | None) -> str:
    """Return the size of an error with three digits; an empty text for None."""
    return "" if value is None else f"{value:.3g}"


def duration(milliseconds: float) -> str:
    """Return a time for people: `0.4 ms`, `21 ms`, `1.32 s`."""
    if milliseconds < 10:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    return f"{milliseconds / 1000:.2f} s" if milliseconds < 60_000 else f"{milliseconds / 60_000:.1f} min"


def words(identifier: str) -> str:
    """Return an identifier as words: `Wrong answer` for `wrong_answer`; what was cancelled is `Stopped`."""
    identifier = "stopped" if identifier == "cancelled" else identifier
    return identifier.replace("_", " ").capitalize()


def sentence(text: str) -> str:
    """Return an error's text as a sentence: a capital letter first, a full stop last."""
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?")) else ".")
