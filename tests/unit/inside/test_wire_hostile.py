"""Frames as a box may forge them: whole values or BadFrame, and nothing that trips what comes after."""

import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judge.inside import wire

TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["nan", "\ud800", "\0"]),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.sampled_from(["#", "(", "{", "c", "!", "x"]), inner, max_size=2)
        | st.tuples(st.sampled_from(["#", "(", "{", "c", "!"]), inner).map(lambda pair: {pair[0]: pair[1]})
    ),
    max_leaves=20,
)
TABLES = st.lists(st.tuples(st.sampled_from(["float32", "bool", "int8", "object", "x"]), st.lists(st.integers(-1, 9))))


def frame(header: Any, body: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<4sIQ", b"jdg1", len(text), len(body)) + text + body


def read(data: bytes) -> Any:
    return [tree for _, tree in wire.FrameReader(1 << 20).feed(data)]


def reply(tree: Any, arrays: Any = (), body: bytes = b"") -> Any:
    (got,) = read(frame({"kind": "reply", "arrays": list(arrays), "tree": tree}, body))
    return got


@given(st.binary(max_size=200))
def test_any_bytes_give_frames_or_bad_frame(data: bytes) -> None:
    try:
        read(b"jdg1" + data)
    except wire.BadFrame:
        return


@given(TREES, TABLES, st.binary(max_size=64))
def test_any_tree_gives_storable_values_or_bad_frame(tree: Any, table: Any, body: bytes) -> None:
    try:
        got = reply(tree, table, body)
    except wire.BadFrame:
        return
    assert "\0" not in str(got)
    str(got).encode()


@pytest.mark.parametrize("shape", [(0,), (0, 3), (2, 0, 5)])
def test_an_empty_array_arrives_with_its_shape(shape: tuple[int, ...]) -> None:
    ((_, got),) = wire.FrameReader(1 << 20).feed(wire.encode("reply", np.zeros(shape, np.float32)))
    assert (got.shape, got.dtype) == (shape, np.float32)


@pytest.mark.parametrize("value", [10**4000, -(2**63) - 1, 2**64])
def test_an_integer_of_more_than_64_bits_is_no_frame(value: int) -> None:
    with pytest.raises(wire.BadFrame):
        reply(value)


@pytest.mark.parametrize("table", [[["float32", [1 << 62, 1 << 62]]], [["float32", [0, 1 << 62, 1 << 62]]]])
def test_an_impossible_shape_is_no_frame(table: Any) -> None:
    with pytest.raises(wire.BadFrame):
        reply({"#": 0}, table)


def test_a_truth_of_two_is_no_frame() -> None:
    with pytest.raises(wire.BadFrame):
        reply({"#": 0}, [["bool", [2]]], b"\x01\x02")


def test_text_that_no_database_takes_is_replaced() -> None:
    assert reply({"{": [["a\ud800", "b\0c"]]}) == {"a\ufffd": "b\ufffdc"}
