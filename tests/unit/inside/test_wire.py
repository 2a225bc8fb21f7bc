"""Frames: what goes in comes out; what is no frame is refused, whatever it is."""

import contextlib
import math
import struct

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from judge.inside import budget, wire

LIMIT = 1 << 24
TEXT = st.characters(
    exclude_characters="\0", exclude_categories=["Cs"]
)  # zeros do not come through: nobody stores them
DTYPES = ["bool", "int8", "int64", "uint32", "float16", "float32", "float64", "complex64"]
arrays = st.sampled_from(DTYPES).flatmap(lambda name: npst.arrays(np.dtype(name), npst.array_shapes(min_dims=0)))
leaves = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(TEXT, max_size=20) | arrays
)
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(TEXT, max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def same(a, b) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b or (isinstance(a, float) and math.isnan(a) and math.isnan(b))


def read(data: bytes, limit: int = LIMIT):
    return list(wire.FrameReader(limit).feed(data))


def split(frame: bytes) -> tuple[bytes, bytes]:
    ((header, body),) = wire.FrameReader(LIMIT).frames(frame)
    return header, body


@given(trees)
def test_a_tree_comes_back_as_it_went(tree) -> None:
    ((kind, got),) = read(wire.encode("reply", tree))
    assert kind == "reply"
    assert same(tree, got)


@given(trees, st.data())
def test_frames_in_pieces_come_back_whole(tree, data) -> None:
    whole = wire.encode("a", tree) + wire.encode("b", None)
    cut = data.draw(st.integers(0, len(whole)))
    reader = wire.FrameReader(LIMIT)
    assert [kind for part in (whole[:cut], whole[cut:]) for kind, _ in reader.feed(part)] == ["a", "b"]


@given(st.binary(min_size=16, max_size=400))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(wire.BadFrame):
        read(noise)


@given(trees, st.data())
def test_a_frame_with_one_byte_changed_is_refused_or_another_frame(tree, data) -> None:
    frame = bytearray(wire.encode("reply", tree))
    place = data.draw(st.integers(0, len(frame) - 1))
    frame[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(wire.BadFrame):  # and nothing else is raised
        read(bytes(frame))


@given(st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_any_json_in_the_header_is_refused_or_read(header) -> None:
    text = __import__("json").dumps(header).encode()
    with contextlib.suppress(wire.BadFrame):
        read(wire.PREFIX.pack(wire.MAGIC, len(text), 0) + text)


def test_bfloat16_keeps_its_dtype() -> None:
    array = np.asarray([1.5, -2], ml_dtypes.bfloat16)
    ((_, got),) = read(wire.encode("x", array))
    assert got.dtype == array.dtype
    assert got.tobytes() == array.tobytes()


def test_a_frame_over_the_limit_is_refused_before_it_is_taken_in() -> None:
    with pytest.raises(wire.BadFrame, match="larger than the limit"):
        read(wire.PREFIX.pack(wire.MAGIC, 10, 1 << 62), limit=1000)


@pytest.mark.parametrize("shape", [[-1], [1 << 40], ["4"], [True], [4] * 17, [2, 3]])
def test_an_array_of_an_impossible_shape_is_refused(shape) -> None:
    text = __import__("json").dumps({"kind": "x", "tree": {"#": 0}, "arrays": [["float32", shape]]}).encode()
    with pytest.raises(wire.BadFrame):
        read(wire.PREFIX.pack(wire.MAGIC, len(text), 16) + text + bytes(16))


@pytest.mark.parametrize("tree", [{"#": 1}, {"#": -1}, {"#": "0"}, {"?": 0}, {"(": 3}, {"{": [[1, 2]]}, {"!": ["a"]}])
def test_a_tree_that_points_nowhere_is_refused(tree) -> None:
    text = __import__("json").dumps({"kind": "x", "tree": tree, "arrays": [["float32", [1]]]}).encode()
    with pytest.raises(wire.BadFrame):
        read(wire.PREFIX.pack(wire.MAGIC, len(text), 4) + text + struct.pack("f", 1.0))


def test_depth_and_number_of_nodes_are_bounded() -> None:
    deep: list = []
    for _ in range(100):
        deep = [deep]
    with pytest.raises(budget.OverBudget, match="32 deep"):
        wire.encode("x", deep)
    header, body = split(wire.encode("x", [0] * budget.ENTRIES))
    with pytest.raises(budget.OverBudget, match="200,000 values"):
        wire.decode(header, body, budget.Budget())


def test_what_is_no_value_can_t_be_sent() -> None:
    with pytest.raises(wire.BadFrame, match="object"):
        wire.encode("x", object())
    ((_, got),) = read(wire.encode("x", [10**30, wire.Missing(("Model", "no array"))]))
    assert got[1] == ("Model", "no array")
    assert got[0] == ("int", "more than 64 bits")
