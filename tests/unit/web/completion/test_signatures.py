"""A callable as one short line: what is shown of its parameters and its documentation, and what is not."""

import functools
from dataclasses import dataclass

import pytest

from judge.web.completion.signatures import MOST_SIGNATURE, MOST_SUMMARY, signature_of, summary_of


class Hidden(type):
    def __call__(cls, *args, **kwargs):
        return super().__call__(*args, **kwargs)


class Layer(metaclass=Hidden):
    """A layer."""

    def __init__(self, inputs, *, rngs):
        pass


@dataclass
class Pair:
    left: int
    right: int = 0


class Universal:
    def __init__(self, nin):
        self.nin = nin

    def __call__(self, *args, out=None):
        pass


def documented(text):
    def function():
        pass

    function.__doc__ = text
    return function


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (lambda x, axis=None: x, "(x, axis=None)"),
        (lambda x, /, y, *rest, key, **more: x, "(x, /, y, *rest, key, **more)"),
        (lambda x, /: x, "(x, /)"),
        (lambda *, a, b=1: a, "(*, a, b=1)"),
        (lambda dtype=float, function=len: 0, "(dtype=float, function=len)"),
        (lambda x=object(): x, "(x=...)"),  # noqa: B008 - the default is what is looked at
        (lambda x="a long text that helps nobody": x, "(x=...)"),
        (lambda x, _inner=1: x, "(x)"),
        (lambda x=(1, 2): x, "(x=(1, 2))"),
        (functools.partial(lambda a, b: a, 1), "(b)"),
        (Layer, "(inputs, *, rngs)"),
        (Pair, "(left, right=0)"),
        (Universal(1), "(x, /)"),
        (Universal(2), "(x1, x2, /)"),
        (print, "(*args, sep=' ', end='\\n', file=None, flush=False)"),
        (3, ""),
    ],
)
def test_a_signature_has_names_and_short_defaults(value: object, expected: str) -> None:
    assert signature_of(value) == expected


def test_a_long_signature_is_cut_between_two_parameters() -> None:
    names = [f"parameter_{number}" for number in range(100)]
    made = eval(f"lambda {', '.join(names)}: 0")
    text = signature_of(made)
    assert len(text) <= MOST_SIGNATURE
    assert text.endswith(", ...)")
    assert set(text[1:].removesuffix(", ...)").split(", ")) < set(names)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Return the sum. More of it.", "Return the sum"),
        ("Two lines of\none sentence.\n\nMore.", "Two lines of one sentence"),
        ("Like :func:`numpy.sum` and ``x``, or :doc:`this <that>`.", "Like `numpy.sum` and `x`, or `this`"),
        ("Scale by the root of the exp. moving average.", "Scale by the root of the exp. moving average"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_summary_is_the_first_sentence_as_plain_text(text: str | None, expected: str) -> None:
    assert summary_of(documented(text)) == expected


def test_a_long_summary_is_cut_between_two_words() -> None:
    text = summary_of(documented("word " * 50))
    assert len(text) <= MOST_SUMMARY
    assert text.endswith("word…")


def test_what_python_writes_for_a_class_is_no_documentation() -> None:
    assert summary_of(Pair) == ""
    assert summary_of(functools.partial(print)) == ""
    assert summary_of(Layer) == "A layer"
