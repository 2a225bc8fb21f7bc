"""Sources with colours, in bounded time."""

import time

from markupsafe import Markup

from judge.web.pages.comparison import compare
from judge.web.pages.highlighting import COLOUR_SECONDS, MOST_LINES, highlight_python
from judge.web.pages.text import MOST_PICTURES, blotted, reveal

BLANK = "x=1\n" + " \n" * 32_700  # quadratic in Pygments: 100 seconds of it


def test_what_takes_too_long_stays_without_colours_and_is_whole() -> None:
    began = time.process_time()
    lines = highlight_python(BLANK[:6_000] + "y = '<'\n", 0.0)
    assert time.process_time() - began < 20 * COLOUR_SECONDS
    assert len(lines) == BLANK[:6_000].count("\n") + 1
    assert lines[-1] == Markup("y = '&lt;'") or lines[-1] == Markup("y = &#39;&lt;&#39;")


def test_a_quadratic_source_takes_its_time_and_no_more() -> None:
    began = time.process_time()
    lines = highlight_python(BLANK)
    assert time.process_time() - began < 20 * COLOUR_SECONDS
    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == f"… {32_701 - MOST_LINES:,} more lines"


def test_many_unseen_characters_are_written_without_their_names() -> None:
    shown = reveal("\x01" * (MOST_PICTURES + 10))
    assert shown.count("<span") == MOST_PICTURES
    assert shown.endswith("\\x01" * 10)
    assert "\x01" not in shown


def test_blotted_text_has_neither_markup_nor_unseen_characters() -> None:
    assert blotted("<\u202e>") == "&lt;\ufffd&gt;"


def test_values_of_a_hundred_thousand_entries_are_compared_as_far_as_is_shown() -> None:
    began = time.process_time()
    assert compare([[]] * 100_000, [0] * 100_000).rows
    assert time.process_time() - began < 5
