"""Pictures that are drawn: the right size and kind, within bounds whatever a title is, and never blank."""

import io

import pytest
from PIL import Image

from judge.web.pages.picture import (
    ACCENT,
    HEIGHT,
    ICON_PIXELS,
    MOST_CHARACTERS,
    TOUCH_PIXELS,
    WIDTH,
    draw_problem,
    drawable,
    favicon,
    touch_icon,
)

MOST_BYTES = 200_000  # of one picture: previews load it from far away


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize(
    ("title", "signature", "facts"),
    [
        ("Freeze the first layer", "freeze_first_dense(seed, x, y, lr)", ("nnx", "optax")),
        ("", "f()", ()),
        ("x" * 5_000, "f(" + "y" * 5_000 + ")", ("z" * 5_000,) * 100),
        ("many words " * 1_000, "f(" + "a, " * 1_000 + ")", tuple("abcdefgh") * 50),
    ],
)
def test_any_problem_has_a_picture_of_the_size_that_previews_ask_for(title, signature, facts) -> None:
    data = draw_problem(title, signature, facts)
    picture = opened(data)
    assert (picture.format, picture.size) == ("PNG", (WIDTH, HEIGHT))
    assert len(data) <= MOST_BYTES
    assert len(picture.convert("RGB").getcolors(1 << 20)) > 10


def test_different_problems_have_different_pictures_and_the_same_one_the_same() -> None:
    first = draw_problem("One", "one(x)", ("a",))
    assert first == draw_problem("One", "one(x)", ("a",))
    assert len({first, draw_problem("Two", "one(x)", ("a",)), draw_problem("One", "one(y)", ("a",))}) == 3
    assert first != draw_problem("One", "one(x)", ("b",))


def test_nothing_is_drawn_beyond_the_margins() -> None:
    picture = opened(draw_problem("Wide " * 40, "f(" + "argument, " * 40 + ")", ("a long tag",) * 20)).convert("RGB")
    edge = picture.crop((WIDTH - 40, 0, WIDTH, HEIGHT))
    assert edge.getcolors() == [(40 * HEIGHT, (255, 255, 255))]


def test_the_mark_comes_in_the_sizes_that_browsers_ask_for() -> None:
    icon = Image.open(io.BytesIO(favicon()))
    assert icon.format == "ICO"
    assert icon.info["sizes"] == {(pixels, pixels) for pixels in ICON_PIXELS}
    touch = opened(touch_icon())
    assert touch.size == (TOUCH_PIXELS, TOUCH_PIXELS)
    accent = tuple(int(ACCENT[at : at + 2], 16) for at in (1, 3, 5))
    assert accent in {colour for _, colour in touch.convert("RGB").getcolors(1 << 16)}


@pytest.mark.parametrize(
    ("text", "drawn"), [("Freeze", "Freeze"), ("Prüfung é", "Prufung e"), ("凍結", None), ("a 🙂", None), ("", "")]
)
def test_a_title_that_the_font_lacks_is_known(text: str, drawn: str | None) -> None:
    assert drawable(text) == drawn


def test_only_as_much_of_a_title_as_is_drawn_counts() -> None:
    assert drawable("x" * MOST_CHARACTERS + "凍") == "x" * MOST_CHARACTERS
    assert drawable("x" * (MOST_CHARACTERS - 1) + "凍") is None
