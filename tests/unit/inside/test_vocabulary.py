"""The vocabulary: which shapes it takes, and that it ends where it is told to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.inside import vocabulary
from judge.inside.vocabulary import MAX_AXES, MAX_SHAPES, MAX_SIZE


@given(st.lists(st.lists(st.integers(0, 100), max_size=5).map(tuple), max_size=200))
def test_only_small_arrays_are_spoken_of_each_once_and_not_too_many(shapes) -> None:
    chosen = vocabulary.usable(shapes)
    assert len(chosen) == len(set(chosen)) <= MAX_SHAPES
    assert set(chosen) <= set(shapes)
    for shape in chosen:
        size = 1
        for axis in shape:
            size *= axis
        assert 0 < size <= MAX_SIZE
        assert 0 < len(shape) <= MAX_AXES


@pytest.mark.parametrize("count", [0, 1, 5])
def test_it_ends_when_there_is_enough(monkeypatch, count) -> None:
    spoken = []
    sentences = [(spoken.append, (number,)) for number in range(9)]
    monkeypatch.setattr(vocabulary, "_sentences", lambda shapes: iter(sentences))
    vocabulary.speak([], lambda: len(spoken) >= count)
    assert spoken == list(range(count))


def test_an_operation_that_a_shape_does_not_have_is_passed_over(monkeypatch) -> None:
    spoken = []
    sentences = [(int, ("no number",)), (spoken.append, (1,))]
    monkeypatch.setattr(vocabulary, "_sentences", lambda shapes: iter(sentences))
    vocabulary.speak([], lambda: False)
    assert spoken == [1]
