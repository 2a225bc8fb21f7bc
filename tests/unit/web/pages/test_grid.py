"""Arrays as tables: faces, slices of higher ranks, wrong cells, and bounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from judge.jsonable import to_json
from judge.web.pages.grid import MOST_COLUMNS, MOST_ROWS, MOST_SLICES, Grid, lone_grid, paired_grid
from judge.web.pages.tensor import Tensor, tensor_of

SHAPES = hnp.array_shapes(min_dims=1, max_dims=5, max_side=5)


def tensor(array: np.ndarray) -> Tensor:
    found = tensor_of(to_json(array))
    assert found is not None
    return found


def face(grid: Grid, name: str) -> list[list[list[str]]]:
    (one,) = [each for each in grid.faces if each.name == name]
    return [[[cell.text for cell in cells] for _, cells in part.rows] for part in one.slices]


def test_a_matrix_has_four_faces_and_its_wrong_cells_are_marked() -> None:
    want = np.array([[1, 2], [4, 8]], np.float32)
    got = np.array([[1, 2], [4, 2]], np.float32)
    grid = paired_grid("l1.kernel", tensor(want), tensor(got))
    assert (grid.notation, grid.wrong, grid.shown, grid.not_shown) == ("float32[2,2]", 1, 4, 0)
    assert face(grid, "yours") == [[["1.0", "2.0"], ["4.0", "2.0"]]]
    assert face(grid, "expected") == [[["1.0", "2.0"], ["4.0", "8.0"]]]
    assert face(grid, "difference") == [[["0", "0"], ["0", "-6"]]]
    assert face(grid, "ratio") == [[["1", "1"], ["1", "0.25"]]]
    marks = [[cell.wrong for cell in cells] for _, cells in grid.faces[0].slices[0].rows]
    assert marks == [[False, False], [False, True]]


def test_a_higher_rank_is_drawn_in_slices() -> None:
    array = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    grid = paired_grid("", tensor(array), tensor(2 * array))
    assert [part.title for part in grid.faces[0].slices] == ["[0, :, :]", "[1, :, :]"]
    assert face(grid, "expected")[1][2] == ["20.0", "21.0", "22.0", "23.0"]
    assert grid.relation == "every entry is 2 times the expected one"


def test_arrays_of_different_shapes_stand_alone_and_what_they_have_in_common_is_said() -> None:
    want = np.arange(6, dtype=np.float32).reshape(2, 3)
    grid = lone_grid("", tensor(want), tensor(np.ascontiguousarray(want.T)))
    assert [(each.name, each.notation) for each in grid.faces] == [
        ("yours", "float32[3,2]"),
        ("expected", "float32[2,3]"),
    ]
    assert grid.relation == "it is the expected array, transposed"


def test_complex_numbers_and_booleans_differ_by_their_text() -> None:
    grid = paired_grid("", tensor(np.array([[1j, 2]])), tensor(np.array([[1j, 3]])))
    assert (grid.wrong, [each.name for each in grid.faces]) == (1, ["yours", "expected"])
    grid = paired_grid("", tensor(np.array([[True, False]])), tensor(np.array([[True, True]])))
    assert grid.wrong == 1
    assert face(grid, "yours") == [[["True", "True"]]]


def test_of_an_array_that_was_cut_the_entries_left_out_are_counted() -> None:
    array = np.zeros((100, 8), np.float32)
    grid = paired_grid("", tensor(array), tensor(array))
    assert (grid.shown, grid.not_shown) == (64, 736)
    assert len(grid.faces[0].slices[0].rows) == 8


@pytest.mark.parametrize(("shape", "shown"), [((1, 64), MOST_COLUMNS), ((64, 1), MOST_ROWS), ((8, 2, 2), 16)])
def test_large_arrays_are_bounded_at_the_edge(shape: tuple[int, ...], shown: int) -> None:
    array = np.ones(shape, np.float32)
    grid = lone_grid("", None, tensor(array))
    assert grid.shown == shown
    assert grid.not_shown == array.size - shown
    assert len(grid.faces[0].slices) <= MOST_SLICES


def test_an_array_of_any_size_costs_only_what_is_shown_of_it() -> None:
    huge = Tensor(shape=(2**31 - 1,) * 8, dtype="float32", entries=(1.0,) * 64)
    grid = lone_grid("", None, huge)
    assert grid.shown == MOST_COLUMNS
    assert grid.not_shown == huge.size - MOST_COLUMNS
    assert grid.faces[0].slices[0].title == "[0, 0, 0, 0, 0, 0, :, :]"


@settings(deadline=None)
@given(SHAPES, st.data())
def test_any_two_arrays_of_one_shape_have_a_grid_with_every_entry_or_a_count(shape: tuple[int, ...], data) -> None:
    arrays = hnp.arrays(st.sampled_from([np.float32, np.int64, np.bool_, np.complex64]), shape)
    want, got = tensor(data.draw(arrays)), tensor(data.draw(arrays))
    grid = paired_grid("x", want, got)
    size = int(np.prod(shape))
    assert grid.shown + grid.not_shown == size
    assert grid.shown <= MOST_SLICES * MOST_ROWS * MOST_COLUMNS
    assert 0 <= grid.wrong <= size
