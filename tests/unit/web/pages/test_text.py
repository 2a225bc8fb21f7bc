"""Text on a page: nothing that comes from outside is markup, and nothing of it hides or turns what is read."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.web.pages.highlighting import highlight_python
from judge.web.pages.statement import render_markdown
from judge.web.pages.text import MOST_CHARACTERS, ago, duration, inline, ordinal, reveal

OURS = re.compile(r'<span class="unseen" title="U\+[0-9A-F]{4,6} [^"<>]*">\\[xuU][0-9a-f]+</span>|</?code>')
UNSEEN = re.compile(r'<span class="unseen" title="[^"<>]*">(\\[xuU][0-9a-f]+)</span>')
HIDING = "\x00\x07\x1b\x7f\x85\u00ad\u061c\u200b\u200e\u200f\u2028\u202a\u202e\u2060\u2066\u2069\ufeff\U000e0041"


def python_text(written: str) -> str:
    """The character that Python writes so."""
    return written.encode().decode("unicode-escape")


@given(st.text())
def test_any_text_has_no_markup_but_ours_and_reads_back_the_same(text: str) -> None:
    shown = reveal(text)
    bare = OURS.sub("", shown)
    assert "<" not in bare
    assert ">" not in bare
    assert html.unescape(UNSEEN.sub(lambda found: python_text(found[1]), shown)) == text.replace("\r\n", "\n")


@pytest.mark.parametrize("character", HIDING)
def test_a_character_that_hides_or_turns_text_is_shown_as_python_writes_it(character: str) -> None:
    shown = reveal(f"a{character}b")
    assert character not in shown
    assert 'class="unseen"' in shown
    written = re.search(r">(\\\w+)<", shown)
    assert written is not None
    assert python_text(written[1]) == character


def test_tab_line_feed_and_carriage_return_line_feed_stay_white_space() -> None:
    assert reveal("a\tb\r\nc\n") == "a\tb\nc\n"


def test_a_lone_carriage_return_is_shown() -> None:
    assert "\\x0d" in reveal("100%\rdone")


def test_a_very_long_text_is_cut_and_says_so() -> None:
    assert reveal("x" * (MOST_CHARACTERS + 1_234)).endswith("… 1,234 more characters")


@given(st.text())
def test_any_inline_text_has_no_markup_but_ours(text: str) -> None:
    bare = OURS.sub("", inline(text))
    assert "<" not in bare
    assert ">" not in bare


def test_back_quotes_in_pairs_are_code() -> None:
    assert inline("use `jnp.mean` and `<b>`") == "use <code>jnp.mean</code> and <code>&lt;b&gt;</code>"


def test_a_back_quote_without_its_partner_stays() -> None:
    assert inline("`a` isn`t") == "<code>a</code> isn`t"


@given(st.text())
def test_any_source_is_coloured_line_by_line_without_losing_a_character(source: str) -> None:
    shown = UNSEEN.sub(lambda found: python_text(found[1]), "\n".join(highlight_python(source)))
    bare = html.unescape(re.sub(r"</?span[^<>]*>", "", shown))
    lines = source.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    assert bare == lines.removesuffix("\n")


def test_a_script_in_source_is_text() -> None:
    (line,) = highlight_python("x = '<script>alert(1)</script>'")
    assert "<script" not in line
    assert "&lt;script&gt;" in line


def test_a_bidi_override_in_a_comment_is_shown() -> None:
    (line,) = highlight_python("# \u202e secret")
    assert "\u202e" not in line
    assert "\\u202e" in line


def test_raw_html_and_dangerous_links_in_a_statement_stay_text() -> None:
    rendered = render_markdown("<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![y](javascript:alert(2))")
    assert "<script" not in rendered
    assert "href" not in rendered
    assert "src" not in rendered


def test_a_statements_own_title_is_left_out_and_its_sections_are_of_level_two() -> None:
    rendered = render_markdown("# Title\n\ntext\n\n## Section\n\n# Other\n")
    assert "Title" not in rendered
    assert rendered.count("<h2>") == 2
    assert "<h1>" not in rendered


def test_python_in_a_statement_is_coloured_and_unknown_languages_are_plain() -> None:
    rendered = render_markdown("```python\nimport jax\n```\n\n```nonsense\n<b>\n```\n")
    assert '<span class="kn">import</span>' in rendered
    assert "&lt;b&gt;" in rendered


def test_a_table_in_a_statement_is_a_table() -> None:
    assert "<td>float</td>" in render_markdown("| a | b |\n|---|---|\n| lr | float |\n")


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [(0.44, "0.4 ms"), (21.4, "21 ms"), (999.4, "999 ms"), (1324, "1.32 s"), (90_000, "1.5 min")],
)
def test_a_duration_has_the_unit_that_fits(milliseconds: float, shown: str) -> None:
    assert duration(milliseconds) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (112, "112th"), (1023, "1,023rd")],
)
def test_an_ordinal_has_the_ending_that_fits(number: int, shown: str) -> None:
    assert ordinal(number) == shown


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(seconds=50), "1 min ago"),
        (timedelta(minutes=44), "44 min ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=30), "2026-01-31"),
        (timedelta(seconds=-5), "just now"),  # another machine's clock
    ],
)
def test_how_long_ago_in_words(passed: timedelta, shown: str) -> None:
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert ago(now - passed, now) == shown
